import { query } from "./pool.ts";

export type Review = { id: number; rating: number; body: string; author: string; createdAt: Date };

export async function reviewsOf(productId: number): Promise<Review[]> {
  return query<Review>(
    `SELECT r.id, r.rating, r.body, u.name AS author, r.created_at AS "createdAt"
     FROM reviews r JOIN users u ON u.id = r.user_id
     WHERE r.product_id = $1 ORDER BY r.created_at DESC`,
    [productId],
  );
}

export async function addReview(productId: number, userId: number, rating: number, body: string): Promise<void> {
  await query("INSERT INTO reviews (product_id, user_id, rating, body) VALUES ($1, $2, $3, $4)", [
    productId,
    userId,
    rating,
    body,
  ]);
}

export async function removeReview(id: number): Promise<void> {
  await query("DELETE FROM reviews WHERE id = $1", [id]);
}

export async function averageRating(productId: number): Promise<number | null> {
  const [row] = await query<{ average: number | null }>(
    "SELECT round(avg(rating), 1)::float AS average FROM reviews WHERE product_id = $1",
    [productId],
  );
  return row?.average ?? null;
}
