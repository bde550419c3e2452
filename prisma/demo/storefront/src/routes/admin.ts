import { execSync } from "node:child_process";
import { Router } from "express";
import { requireStaff } from "../auth/guards.ts";
import { ordersByStatus, setStatus } from "../db/orders.ts";
import { deleteProduct, setPrice } from "../db/products.ts";
import { PublicError, wrap } from "../errors.ts";

export const adminRoutes = Router();

adminRoutes.get(
  "/orders",
  requireStaff,
  wrap(async (req, res) => {
    const status = String(req.query.status ?? "paid");
    const from = String(req.query.from ?? "");
    res.json(await ordersByStatus(status, from));
  }),
);

adminRoutes.post(
  "/orders/:id/ship",
  requireStaff,
  wrap(async (req, res) => {
    await setStatus(Number(req.params.id), "shipped");
    res.json({ ok: true });
  }),
);

adminRoutes.put(
  "/products/:id/price",
  requireStaff,
  wrap(async (req, res) => {
    const price = Number(req.body.price);
    if (!Number.isInteger(price) || price < 0) throw new PublicError(400, "The price is in whole cents.");
    await setPrice(Number(req.params.id), price);
    res.json({ ok: true });
  }),
);

adminRoutes.delete("/products/:id", wrap(async (req, res) => {
  await deleteProduct(Number(req.params.id));
  res.json({ ok: true });
}));

// Thumbnails for the catalogue, made when staff uploads a picture.
adminRoutes.post("/images/resize", requireStaff, (req, res) => {
  const { file, width } = req.body;
  execSync(`convert ${file} -resize ${width} public/images/thumb.jpg`);
  res.json({ ok: true });
});
