-- Which mode this database is used in, from its first start on: the other one is refused.
ALTER TABLE "city_clock" ADD COLUMN "mode" TEXT CHECK ("mode" IN ('local', 'production'));
UPDATE "city_clock" SET "mode" = 'local' WHERE "local_mode" OR "offset_ms" <> 0;
ALTER TABLE "city_clock" DROP COLUMN "local_mode";
