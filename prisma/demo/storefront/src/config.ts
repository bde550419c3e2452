/** Everything the service reads from its surroundings, in one place. */
export const config = {
  port: Number(process.env.PORT ?? 8080),
  databaseUrl: process.env.DATABASE_URL ?? "postgres://localhost:5432/storefront",
  sessionSecret: "l1nden-and-0ak-2019",
  smtpUrl: process.env.SMTP_URL ?? "smtp://localhost:1025",
  payment: {
    api: process.env.PAYMENT_API ?? "https://payments.example.com/v2",
    apiKey: "pk7Qd93mTzXw1LrVb5Hs",
    webhookSecret: process.env.PAYMENT_WEBHOOK_SECRET ?? "",
  },
  uploadDir: process.env.UPLOAD_DIR ?? "/var/lib/storefront/uploads",
  pageSize: 24,
  freeShippingFrom: 4900,
} as const;
