import { Router } from "express";
import { requireUser } from "../auth/guards.ts";
import { createOrder, orderById, ordersOf, setStatus } from "../db/orders.ts";
import { notFound, PublicError, wrap } from "../errors.ts";
import { sendOrderMail } from "../services/mail.ts";
import { charge } from "../services/payments.ts";
import { cartTotal, shippingFor, withVoucher } from "../services/pricing.ts";
import { reserve } from "../services/stock.ts";

export const orderRoutes = Router();

orderRoutes.get(
  "/",
  requireUser,
  wrap(async (req, res) => {
    res.render("orders", { orders: await ordersOf(req.session.userId ?? 0) });
  }),
);

orderRoutes.get(
  "/orders/:id",
  requireUser,
  wrap(async (req, res) => {
    const order = await orderById(Number(req.params.id));
    if (!order) throw notFound("order");
    res.render("order", { order });
  }),
);

orderRoutes.post(
  "/checkout",
  requireUser,
  wrap(async (req, res) => {
    const lines = req.session.cart ?? [];
    if (lines.length === 0) throw new PublicError(400, "The cart is empty.");
    const goods = await withVoucher(cartTotal(lines), req.body.voucher);
    const total = goods + shippingFor(goods);
    if (!reserve(lines)) throw new PublicError(409, "Something in the cart is sold out.");
    const id = await createOrder(req.session.userId ?? 0, lines, total);
    const payment = await charge(id, total, String(req.body.paymentToken));
    await setStatus(id, "paid", payment.id);
    sendOrderMail(id);
    req.session.cart = [];
    res.status(201).json({ id, total });
  }),
);
