/** How a mail leaves the city, late if it must, and how long it is kept; what is in it stands in notifications.test.ts. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { inTransaction } from "#server/context.ts";
import { sendLateMails } from "#server/mail/send-late-mails.ts";
import { notifyOwner } from "#server/notifications/notify-owner.ts";
import type { MailPort } from "#server/ports/mail.ts";
import { startTestCity, type TestCity } from "#tests/support/city.ts";
import { dashboardOf } from "#tests/support/dashboard.ts";
import { DAY, HOUR } from "#tests/support/durations.ts";

let city: TestCity;
beforeAll(async () => {
  city = await startTestCity();
});
afterAll(() => city?.stop());

/** While this work runs, mails leave by this server instead of staying in the outbox. */
async function withMailServer(send: MailPort["send"], work: () => Promise<void>): Promise<void> {
  const { ports } = city.ctx();
  const outbox = ports.mail;
  ports.mail = { adapter: "smtp", send };
  await work().finally(() => {
    ports.mail = outbox;
  });
}

test("with a mail server a notice is sent by the queue, once, and only if the change it tells of is committed", async () => {
  const sent: { to: string; subject: string }[] = [];
  await withMailServer(
    async (mail) => void sent.push(mail),
    async () => {
      const owner = await city.owner();
      await city.idle();
      sent.length = 0;
      const notice = { kind: "withdrawal_paid", amount: 700 } as const;
      const change = inTransaction(city.ctx(), async (tx) => {
        await notifyOwner(tx, owner.id, notice);
        throw new Error("The change fails.");
      });
      await expect(change).rejects.toThrow("The change fails.");
      await notifyOwner(city.ctx(), owner.id, notice);
      await (await dashboardOf(city, owner)).owners.setNotifications.mutate({ money: false });
      await notifyOwner(city.ctx(), owner.id, notice);
      await city.idle();
      expect(sent).toMatchObject([{ to: owner.email, subject: "Withdrawal paid: $7.00" }]);
    },
  );
});

test("what a long outage of the mail server has left behind is sent afterwards, unless its news are old", async () => {
  const owner = await city.owner();
  const queued = (subject: string, hours: number) =>
    city.database.pool.query(
      `insert into mail (id, "to", subject, text, created_at)
       values ($1, $2, $1, $1, city_now() - make_interval(hours => $3))`,
      [subject, owner.email, hours],
    );
  await queued("still tried", 1);
  await queued("left behind", 3);
  await queued("of yesterday", 25);
  await queued("http://localhost/reset?token=dead", 3);
  const sent: string[] = [];
  let away = true;
  const send = async ({ to, subject }: { to: string; subject: string }) => {
    if (away) throw new Error("The mail server is away.");
    if (to === owner.email) sent.push(subject);
  };
  await withMailServer(send, async () => {
    expect(await sendLateMails(city.ctx())).toEqual({ mails: 0 });
    away = false;
    await sendLateMails(city.ctx());
    await sendLateMails(city.ctx());
    expect(sent).toEqual(["left behind"]);
  });
});

test("the last mail to a closed account is forgotten once it is sent, and the address with it", async () => {
  const sent: string[] = [];
  await withMailServer(
    async ({ to, subject }) => void sent.push(`${subject} ${to}`),
    async () => {
      const [owner, other] = [await city.owner(), await city.owner()];
      await (await dashboardOf(city, owner)).owners.close.mutate({ password: owner.password, giveUp: true });
      await city.idle();
      expect(sent).toContain(`Your account is closed ${owner.email}`);
      expect(await city.database.prisma.mail.count({ where: { to: owner.email } })).toBe(0);
      expect(await city.database.prisma.mail.count({ where: { to: other.email } })).toBe(1);
    },
  );
});

test("in the outbox the last mail to a closed account stays for a day, and no longer than two", async () => {
  const [owner, other] = [await city.owner(), await city.owner()];
  await (await dashboardOf(city, owner)).owners.close.mutate({ password: owner.password, giveUp: true });
  const all = ({ email }: { email: string }) => city.database.prisma.mail.count({ where: { to: email } });
  await city.advance(DAY - HOUR);
  expect(await all(owner)).toBe(1);
  await city.advance(DAY + HOUR);
  expect([await all(owner), await all(other)]).toEqual([0, 1]);
});

test("mails are forgotten after thirty days", async () => {
  const owner = await city.owner();
  const all = () => city.database.prisma.mail.count({ where: { to: owner.email } });
  expect(await all()).toBe(1);
  await city.advance(29 * DAY);
  expect(await all()).toBe(1);
  await city.advance(3 * DAY);
  expect(await all()).toBe(0);
});
