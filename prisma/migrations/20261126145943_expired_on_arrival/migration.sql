-- AlterTable
ALTER TABLE "app"."shop_activity" ADD COLUMN     "expired_at" TIMESTAMPTZ(3),
ADD COLUMN     "expired_count" BIGINT NOT NULL DEFAULT 0;
