create table users (
  id serial primary key,
  email text not null unique,
  name text not null,
  password_hash text not null,
  role text not null default 'customer' check (role in ('customer', 'staff', 'admin')),
  reset_token text,
  reset_expires timestamptz,
  created_at timestamptz not null default now()
);

create table products (
  id serial primary key,
  slug text not null unique,
  name text not null,
  description text not null default '',
  price integer not null check (price >= 0),
  stock integer not null default 0,
  category text not null,
  image text,
  deleted_at timestamptz
);

create table orders (
  id serial primary key,
  user_id integer not null references users (id),
  status text not null default 'new',
  total integer not null,
  payment_id text,
  created_at timestamptz not null default now()
);

create table order_lines (
  order_id integer not null references orders (id),
  product_id integer not null references products (id),
  name text not null,
  price integer not null,
  quantity integer not null check (quantity > 0),
  primary key (order_id, product_id)
);

create table reviews (
  id serial primary key,
  product_id integer not null references products (id),
  user_id integer not null references users (id),
  rating integer not null check (rating between 1 and 5),
  body text not null,
  created_at timestamptz not null default now()
);

create table vouchers (
  code text primary key,
  percent integer not null check (percent between 1 and 90),
  used_by integer references users (id),
  expires_at timestamptz not null
);

create index orders_user on orders (user_id, created_at desc);
create index reviews_product on reviews (product_id, created_at desc);
