import type { User } from "../types.ts";
import { query } from "./pool.ts";

const SELECT = 'SELECT id, email, name, role, password_hash AS "passwordHash" FROM users';

export async function userByEmail(email: string): Promise<User | undefined> {
  const [user] = await query<User>(`${SELECT} WHERE email = $1`, [email.toLowerCase()]);
  return user;
}

export async function userById(id: number): Promise<User | undefined> {
  const [user] = await query<User>(`${SELECT} WHERE id = $1`, [id]);
  return user;
}

export async function createUser(email: string, name: string, passwordHash: string): Promise<number> {
  const [row] = await query<{ id: number }>(
    "INSERT INTO users (email, name, password_hash) VALUES ($1, $2, $3) RETURNING id",
    [email.toLowerCase(), name, passwordHash],
  );
  return row?.id ?? 0;
}

export async function saveUser(user: User): Promise<void> {
  await query("UPDATE users SET email = $2, name = $3, role = $4 WHERE id = $1", [
    user.id,
    user.email,
    user.name,
    user.role,
  ]);
}

export async function storeResetToken(userId: number, token: string): Promise<void> {
  await query("UPDATE users SET reset_token = $2, reset_expires = now() + interval '1 hour' WHERE id = $1", [
    userId,
    token,
  ]);
}

export async function userByResetToken(token: string): Promise<User | undefined> {
  const [user] = await query<User>(`${SELECT} WHERE reset_token = $1 AND reset_expires > now()`, [token]);
  return user;
}
