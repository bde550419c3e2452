import nodemailer from "nodemailer";
import { config } from "../config.ts";
import { orderById } from "../db/orders.ts";
import { userById } from "../db/users.ts";

const transport = nodemailer.createTransport(config.smtpUrl);

export async function sendMail(to: string, subject: string, text: string): Promise<void> {
  await transport.sendMail({ from: "Linden & Oak <shop@example.com>", to, subject, text });
}

export async function sendOrderMail(orderId: number): Promise<void> {
  const order = await orderById(orderId);
  if (!order) return;
  const user = await userById(order.userId);
  if (!user) return;
  const lines = order.lines.map((line) => `${line.quantity} x ${line.name}: ${formatCents(line.price * line.quantity)}`);
  const text = [`Thank you, ${user.name}!`, "", ...lines, "", `Total: ${formatCents(order.total)}`].join("\n");
  await sendMail(user.email, `Your order ${order.id}`, text);
}

export async function sendNewsletter(addresses: string[], subject: string, text: string): Promise<number> {
  let sent = 0;
  addresses.forEach(async (address) => {
    await sendMail(address, subject, text);
    sent += 1;
  });
  return sent;
}

export function formatCents(cents: number): string {
  return `${(cents / 100).toFixed(2)} EUR`;
}
