import { Router } from "express";
import { requireUser } from "../auth/guards.ts";
import { addReview, removeReview, reviewsOf } from "../db/reviews.ts";
import { PublicError, wrap } from "../errors.ts";

export const reviewRoutes = Router();

reviewRoutes.get(
  "/:productId",
  wrap(async (req, res) => {
    res.json(await reviewsOf(Number(req.params.productId)));
  }),
);

reviewRoutes.post(
  "/:productId",
  requireUser,
  wrap(async (req, res) => {
    const rating = Number(req.body.rating);
    const body = String(req.body.body ?? "").trim();
    if (rating < 1 || rating > 5) throw new PublicError(400, "One to five stars, please.");
    if (body === "") throw new PublicError(400, "Please write a few words.");
    await addReview(Number(req.params.productId), req.session.userId ?? 0, rating, body);
    res.status(201).json({ ok: true });
  }),
);

reviewRoutes.delete("/:productId/:reviewId", wrap(async (req, res) => {
  await removeReview(Number(req.params.reviewId));
  res.json({ ok: true });
}));
