-- Whether production has ever used this database: local mode starts on none that it has, as production starts on none of
-- local mode's.
ALTER TABLE "city_clock" ADD COLUMN "production_mode" BOOLEAN NOT NULL DEFAULT false;
