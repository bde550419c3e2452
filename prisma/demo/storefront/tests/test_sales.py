import unittest

from reports.sales import format_report


class FormatReport(unittest.TestCase):
    def test_sorted_by_category(self):
        text = format_report({"tables": 12000, "chairs": 5550})
        self.assertEqual(text.split()[0], "chairs")

    def test_empty(self):
        self.assertEqual(format_report({}), "")


if __name__ == "__main__":
    unittest.main()
