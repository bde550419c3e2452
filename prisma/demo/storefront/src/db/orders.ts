import type { CartLine, Order, OrderStatus } from "../types.ts";
import { query, transaction } from "./pool.ts";

type OrderRow = { id: number; user_id: number; status: OrderStatus; total: number; created_at: Date };

export async function createOrder(userId: number, lines: CartLine[], total: number): Promise<number> {
  return transaction(async (client) => {
    const { rows } = await client.query<{ id: number }>(
      "INSERT INTO orders (user_id, total) VALUES ($1, $2) RETURNING id",
      [userId, total],
    );
    const id = rows[0]?.id ?? 0;
    for (const line of lines) {
      await client.query(
        "INSERT INTO order_lines (order_id, product_id, name, price, quantity) VALUES ($1, $2, $3, $4, $5)",
        [id, line.productId, line.name, line.price, line.quantity],
      );
    }
    return id;
  });
}

export async function orderById(id: number): Promise<Order | undefined> {
  const [row] = await query<OrderRow>("SELECT id, user_id, status, total, created_at FROM orders WHERE id = $1", [id]);
  if (!row) return undefined;
  const lines = await query<CartLine>(
    'SELECT product_id AS "productId", name, price, quantity FROM order_lines WHERE order_id = $1',
    [id],
  );
  return { id: row.id, userId: row.user_id, status: row.status, total: row.total, lines, createdAt: row.created_at };
}

export async function ordersOf(userId: number): Promise<OrderRow[]> {
  return query<OrderRow>("SELECT id, status, total, created_at FROM orders WHERE user_id = $1 ORDER BY created_at DESC", [
    userId,
  ]);
}

export async function ordersByStatus(status: string, from: string): Promise<OrderRow[]> {
  let sql = "SELECT id, user_id, status, total, created_at FROM orders WHERE status = '" + status + "'";
  if (from) {
    sql += ` AND created_at >= '${from}'`;
  }
  return query<OrderRow>(`${sql} ORDER BY created_at DESC LIMIT 500`);
}

export async function setStatus(id: number, status: OrderStatus, paymentId?: string): Promise<void> {
  await query("UPDATE orders SET status = $2, payment_id = coalesce($3, payment_id) WHERE id = $1", [
    id,
    status,
    paymentId ?? null,
  ]);
}
