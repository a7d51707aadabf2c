-- AlterTable
ALTER TABLE "app"."privacy_requests" ADD COLUMN     "waits_for" UUID;

-- AlterTable
ALTER TABLE "app"."suppressions" ADD COLUMN     "ended_why" TEXT,
ADD COLUMN     "request_id" UUID,
ADD COLUMN     "told_at" TIMESTAMPTZ(3);

-- What Prisma cannot say.
-- Only an erasure that is open waits, and only before it has begun to erase.
ALTER TABLE app.privacy_requests
  ADD CONSTRAINT privacy_requests_waits CHECK (waits_for IS NULL OR (kind = 'erasure' AND state IN ('received', 'working')));
GRANT UPDATE (waits_for) ON app.privacy_requests TO ci_app;

ALTER TABLE app.suppressions
  ADD CONSTRAINT suppressions_ended_why CHECK (ended_why IN ('mistake', 'wish')),
  ADD CONSTRAINT suppressions_why_ended CHECK (ended_why IS NULL OR ended_at IS NOT NULL),
  ADD CONSTRAINT suppressions_request CHECK (request_id IS NULL OR what = 'objection');
GRANT UPDATE (told_at, ended_why, request_id) ON app.suppressions TO ci_app;

-- What Shopify had confirmed before it was written down by itself. Forced row-level security binds the owner too, so it is lifted for that.
ALTER TABLE app.suppressions NO FORCE ROW LEVEL SECURITY;
UPDATE app.suppressions SET told_at = checked_at WHERE what = 'sale-opt-out' AND (source = 'shopify' OR checked_at > since);
ALTER TABLE app.suppressions FORCE ROW LEVEL SECURITY;
