-- The life of a request: what is asked, by whom, under which rule, how far it is; and its history.
-- Rows recorded before get the kind their topic says. Forced row-level security binds the owner too, so it is lifted for that.
ALTER TABLE "app"."privacy_requests" NO FORCE ROW LEVEL SECURITY;

ALTER TABLE "app"."privacy_requests" ADD COLUMN     "closing_ground" TEXT,
ADD COLUMN     "epoch" INTEGER,
ADD COLUMN     "extended_at" TIMESTAMPTZ(3),
ADD COLUMN     "extension_ground" TEXT,
ADD COLUMN     "finished_at" TIMESTAMPTZ(3),
ADD COLUMN     "kind" TEXT,
ADD COLUMN     "pause_ground" TEXT,
ADD COLUMN     "paused_at" TIMESTAMPTZ(3),
ADD COLUMN     "regime" TEXT,
ADD COLUMN     "residue" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "scope" TEXT,
ADD COLUMN     "source" TEXT,
ADD COLUMN     "started_at" TIMESTAMPTZ(3),
ALTER COLUMN "topic" DROP NOT NULL,
ALTER COLUMN "body_digest" DROP NOT NULL;

UPDATE app.privacy_requests r SET
  kind = CASE topic WHEN 'customers/data_request' THEN 'access' WHEN 'shop/redact' THEN 'shop-erasure' ELSE 'erasure' END,
  scope = CASE topic WHEN 'customers/data_request' THEN 'everything' END,
  source = 'shopify', regime = 'shopify', epoch = s.epoch
FROM app.shops s WHERE s.id = r.shop_id;

ALTER TABLE "app"."privacy_requests" ALTER COLUMN "kind" SET NOT NULL,
ALTER COLUMN "regime" SET NOT NULL,
ALTER COLUMN "source" SET NOT NULL,
ALTER COLUMN "epoch" SET NOT NULL;
ALTER TABLE "app"."privacy_requests" FORCE ROW LEVEL SECURITY;

-- CreateTable
CREATE TABLE "app"."privacy_request_steps" (
    "shop_id" UUID NOT NULL,
    "request_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "step" TEXT NOT NULL,
    "ground" TEXT,
    "actor" TEXT NOT NULL,

    CONSTRAINT "privacy_request_steps_pkey" PRIMARY KEY ("shop_id","request_id","id")
);

-- CreateIndex
CREATE INDEX "privacy_requests_shop_id_received_at_id_idx" ON "app"."privacy_requests"("shop_id", "received_at", "id");

-- AddForeignKey
ALTER TABLE "app"."privacy_request_steps" ADD CONSTRAINT "privacy_request_steps_shop_id_request_id_fkey" FOREIGN KEY ("shop_id", "request_id") REFERENCES "app"."privacy_requests"("shop_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- What a request cannot be, whatever the code says.
ALTER TABLE app.privacy_requests
  ADD CONSTRAINT privacy_requests_kind CHECK (kind IN ('access', 'erasure', 'correction', 'objection', 'portability', 'shop-erasure')),
  ADD CONSTRAINT privacy_requests_source CHECK (source IN ('shopify', 'merchant', 'individual', 'clock')),
  ADD CONSTRAINT privacy_requests_regime CHECK (regime IN ('shopify', 'gdpr', 'ccpa')),
  ADD CONSTRAINT privacy_requests_scope CHECK (scope IN ('last-12-months', 'everything')),
  ADD CONSTRAINT privacy_requests_state CHECK (
    state IN ('received', 'working', 'review', 'ready', 'paused', 'residue', 'done', 'refused', 'superseded')),
  ADD CONSTRAINT privacy_requests_paused CHECK ((state = 'paused') = (paused_at IS NOT NULL) AND (paused_at IS NULL) = (pause_ground IS NULL)),
  ADD CONSTRAINT privacy_requests_extended CHECK ((extended_at IS NULL) = (extension_ground IS NULL)),
  ADD CONSTRAINT privacy_requests_closed CHECK ((state IN ('done', 'refused', 'superseded')) = (finished_at IS NOT NULL)),
  ADD CONSTRAINT privacy_requests_closing CHECK ((state IN ('refused', 'superseded')) = (closing_ground IS NOT NULL)),
  ADD CONSTRAINT privacy_requests_residue CHECK ((state = 'residue') = (cardinality(residue) > 0)),
  ADD CONSTRAINT privacy_requests_not_refused CHECK (state <> 'refused' OR source IN ('merchant', 'individual'));

-- What was asked stays as it was asked; how far it is may change. Its history is only ever added to.
GRANT UPDATE (state, due_at, started_at, finished_at, paused_at, pause_ground, extended_at, extension_ground, closing_ground, residue)
  ON app.privacy_requests TO ci_app;

ALTER TABLE app.privacy_request_steps ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.privacy_request_steps FORCE ROW LEVEL SECURITY;
CREATE POLICY own_shop ON app.privacy_request_steps FOR ALL TO ci_app
  USING (shop_id = app.current_shop()) WITH CHECK (shop_id = app.current_shop());
GRANT SELECT, INSERT ON app.privacy_request_steps TO ci_app;
GRANT SELECT ON app.privacy_request_steps TO ci_backup;
