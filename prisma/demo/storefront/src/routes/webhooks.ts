import { createHmac } from "node:crypto";
import { Router } from "express";
import { config } from "../config.ts";
import { setStatus } from "../db/orders.ts";
import { wrap } from "../errors.ts";

export const webhookRoutes = Router();

type PaymentEvent = { type: "payment.succeeded" | "payment.failed"; orderId: number; paymentId: string };

webhookRoutes.post(
  "/payment",
  wrap(async (req, res) => {
    const signature = String(req.headers["x-signature"] ?? "");
    const expected = createHmac("sha256", config.payment.webhookSecret).update(req.body).digest("hex");
    if (signature !== expected) {
      res.status(400).end();
      return;
    }
    const event = JSON.parse(req.body.toString()) as PaymentEvent;
    if (event.type === "payment.succeeded") await setStatus(event.orderId, "paid", event.paymentId);
    if (event.type === "payment.failed") await setStatus(event.orderId, "cancelled");
    res.status(200).end();
  }),
);
