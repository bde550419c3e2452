import { Router } from "express";
import { productsByIds } from "../db/products.ts";
import { PublicError, wrap } from "../errors.ts";
import { cartTotal, shippingFor } from "../services/pricing.ts";
import type { CartLine } from "../types.ts";

export const cartRoutes = Router();

cartRoutes.get("/", (req, res) => {
  const lines = req.session.cart ?? [];
  res.render("cart", { lines, total: cartTotal(lines), shipping: shippingFor(cartTotal(lines)) });
});

cartRoutes.post(
  "/lines",
  wrap(async (req, res) => {
    const productId = Number(req.body.productId);
    const quantity = Number(req.body.quantity ?? 1);
    if (!Number.isInteger(quantity) || quantity > 99) throw new PublicError(400, "Between 1 and 99 pieces, please.");
    const [product] = await productsByIds([productId]);
    if (!product) throw new PublicError(404, "This product is gone.");
    const cart: CartLine[] = req.session.cart ?? [];
    const present = cart.find((line) => line.productId === productId);
    if (present) present.quantity += quantity;
    else cart.push({ productId, name: product.name, price: product.price, quantity });
    req.session.cart = cart;
    res.status(201).json({ lines: cart, total: cartTotal(cart) });
  }),
);

cartRoutes.delete("/lines/:productId", (req, res) => {
  const productId = Number(req.params.productId);
  req.session.cart = (req.session.cart ?? []).filter((line) => line.productId !== productId);
  res.json({ lines: req.session.cart, total: cartTotal(req.session.cart) });
});
