export type Product = {
  id: number;
  slug: string;
  name: string;
  description: string;
  /** Cents, tax included. */
  price: number;
  stock: number;
  category: string;
  image: string | null;
};

export type CartLine = { productId: number; name: string; price: number; quantity: number };

export type OrderStatus = "new" | "paid" | "packed" | "shipped" | "cancelled";

export type Order = {
  id: number;
  userId: number;
  status: OrderStatus;
  total: number;
  lines: CartLine[];
  createdAt: Date;
};

export type User = {
  id: number;
  email: string;
  name: string;
  passwordHash: string;
  role: "customer" | "staff" | "admin";
};

declare module "express-session" {
  interface SessionData {
    userId: number;
    role: User["role"];
    cart: CartLine[];
  }
}
