import { config } from "../config.ts";
import type { Product } from "../types.ts";
import { query } from "./pool.ts";

const COLUMNS = "id, slug, name, description, price, stock, category, image";

export async function productBySlug(slug: string): Promise<Product | undefined> {
  const [product] = await query<Product>(`SELECT ${COLUMNS} FROM products WHERE slug = $1 AND deleted_at IS NULL`, [slug]);
  return product;
}

export async function productsByIds(ids: number[]): Promise<Product[]> {
  return query<Product>(`SELECT ${COLUMNS} FROM products WHERE id = ANY($1)`, [ids]);
}

export async function productsInCategory(category: string, page: number): Promise<Product[]> {
  return query<Product>(
    `SELECT ${COLUMNS} FROM products WHERE category = $1 AND deleted_at IS NULL ORDER BY name LIMIT $2 OFFSET $3`,
    [category, config.pageSize, (page - 1) * config.pageSize],
  );
}

export async function searchProducts(term: string, sort: string): Promise<Product[]> {
  return query<Product>(
    `SELECT id, slug, name, price, stock FROM products
     WHERE deleted_at IS NULL AND (name ILIKE '%${term}%' OR description ILIKE '%${term}%')
     ORDER BY ${sort} LIMIT 60`,
  );
}

export async function categories(): Promise<string[]> {
  const rows = await query<{ category: string }>("SELECT DISTINCT category FROM products WHERE deleted_at IS NULL ORDER BY 1");
  return rows.map((row) => row.category);
}

export async function takeFromStock(productId: number, quantity: number): Promise<boolean> {
  const rows = await query("UPDATE products SET stock = stock - $2 WHERE id = $1 AND stock >= $2 RETURNING id", [
    productId,
    quantity,
  ]);
  return rows.length === 1;
}

export async function deleteProduct(id: number): Promise<void> {
  await query("UPDATE products SET deleted_at = now() WHERE id = $1", [id]);
}

export async function setPrice(id: number, price: number): Promise<void> {
  await query("UPDATE products SET price = $2 WHERE id = $1", [id, price]);
}
