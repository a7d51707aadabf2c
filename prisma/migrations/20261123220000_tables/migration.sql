-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "app";

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "keys";

-- CreateTable
CREATE TABLE "app"."shops" (
    "id" UUID NOT NULL,
    "domain" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'known',
    "epoch" INTEGER NOT NULL DEFAULT 0,
    "installed_at" TIMESTAMPTZ(3),
    "uninstalled_at" TIMESTAMPTZ(3),
    "onboarded_at" TIMESTAMPTZ(3),
    "time_zone" TEXT,
    "currency" TEXT,
    "money_format" TEXT,
    "shopify_updated_at" TIMESTAMPTZ(3),
    "granted_scopes" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "idle_after_minutes" INTEGER NOT NULL DEFAULT 60,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "shops_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "app"."shop_activity" (
    "shop_id" UUID NOT NULL,
    "revision" BIGINT NOT NULL DEFAULT 0,
    "last_event_at" TIMESTAMPTZ(3),
    "applied_at" TIMESTAMPTZ(3),

    CONSTRAINT "shop_activity_pkey" PRIMARY KEY ("shop_id")
);

-- CreateTable
CREATE TABLE "app"."sessions" (
    "shop_id" UUID NOT NULL,
    "id" TEXT NOT NULL,
    "is_online" BOOLEAN NOT NULL,
    "sealed" BYTEA NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "app"."agreement_acceptances" (
    "shop_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "epoch" INTEGER NOT NULL,
    "version" TEXT NOT NULL,
    "sha256" BYTEA NOT NULL,
    "accepted_at" TIMESTAMPTZ(3) NOT NULL,
    "signer_role" TEXT NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "sealed" BYTEA NOT NULL,

    CONSTRAINT "agreement_acceptances_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "app"."agreement_delegates" (
    "shop_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "email_index" BYTEA NOT NULL,
    "named_at" TIMESTAMPTZ(3) NOT NULL,
    "sealed" BYTEA NOT NULL,

    CONSTRAINT "agreement_delegates_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "app"."privacy_contacts" (
    "shop_id" UUID NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "sealed" BYTEA NOT NULL,

    CONSTRAINT "privacy_contacts_pkey" PRIMARY KEY ("shop_id")
);

-- CreateTable
CREATE TABLE "app"."people" (
    "shop_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "customer_ref" BYTEA,
    "guest_ref" BYTEA,
    "email_index" BYTEA,
    "support_code" TEXT NOT NULL,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "sealed" BYTEA NOT NULL,

    CONSTRAINT "people_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "app"."person_aliases" (
    "shop_id" UUID NOT NULL,
    "deleted_ref" BYTEA NOT NULL,
    "kept_ref" BYTEA NOT NULL,
    "merged_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "person_aliases_pkey" PRIMARY KEY ("shop_id","deleted_ref")
);

-- CreateTable
CREATE TABLE "app"."carts" (
    "shop_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "token_ref" BYTEA NOT NULL,
    "person_id" UUID,
    "person_evidence" TEXT,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "last_changed_at" TIMESTAMPTZ(3) NOT NULL,
    "content_changed_at" TIMESTAMPTZ(3),
    "content_origin" TEXT,
    "item_count" INTEGER NOT NULL DEFAULT 0,
    "line_count" INTEGER NOT NULL DEFAULT 0,
    "value_minor" BIGINT,
    "currency" TEXT,
    "checkout_at" TIMESTAMPTZ(3),
    "checkout_deleted_at" TIMESTAMPTZ(3),
    "ordered_at" TIMESTAMPTZ(3),
    "country_token" BYTEA,
    "province_token" BYTEA,

    CONSTRAINT "carts_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "app"."cart_states" (
    "shop_id" UUID NOT NULL,
    "cart_id" UUID NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,
    "triggered_at" TIMESTAMPTZ(3) NOT NULL,
    "digest" BYTEA NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "item_count" INTEGER NOT NULL,
    "line_count" INTEGER NOT NULL,
    "value_minor" BIGINT,
    "currency" TEXT,
    "sealed" BYTEA NOT NULL,

    CONSTRAINT "cart_states_pkey" PRIMARY KEY ("shop_id","cart_id","changed_at","digest")
);

-- CreateTable
CREATE TABLE "app"."checkouts" (
    "shop_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "token_ref" BYTEA NOT NULL,
    "cart_id" UUID,
    "person_id" UUID,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,
    "person_evidence" TEXT,
    "completed_at" TIMESTAMPTZ(3),
    "item_count" INTEGER NOT NULL DEFAULT 0,
    "line_count" INTEGER NOT NULL DEFAULT 0,
    "country_token" BYTEA,
    "province_token" BYTEA,
    "value_minor" BIGINT,
    "currency" TEXT,
    "sealed" BYTEA NOT NULL,

    CONSTRAINT "checkouts_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "app"."orders" (
    "shop_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "order_ref" BYTEA NOT NULL,
    "checkout_ref" BYTEA,
    "cart_id" UUID,
    "cart_evidence" TEXT,
    "person_id" UUID,
    "person_evidence" TEXT,
    "ordered_at" TIMESTAMPTZ(3) NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,
    "cancelled_at" TIMESTAMPTZ(3),
    "item_count" INTEGER NOT NULL DEFAULT 0,
    "line_count" INTEGER NOT NULL DEFAULT 0,
    "country_token" BYTEA,
    "province_token" BYTEA,
    "value_minor" BIGINT,
    "currency" TEXT,
    "sealed" BYTEA NOT NULL,

    CONSTRAINT "orders_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "app"."privacy_requests" (
    "shop_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "topic" TEXT NOT NULL,
    "body_digest" BYTEA NOT NULL,
    "webhook_id" TEXT,
    "triggered_at" TIMESTAMPTZ(3),
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'received',
    "held" BOOLEAN NOT NULL,
    "sealed" BYTEA,

    CONSTRAINT "privacy_requests_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "app"."access_records" (
    "shop_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "page" TEXT NOT NULL,
    "fields" TEXT[],
    "subjects" BYTEA[],
    "value_count" INTEGER NOT NULL,
    "request_id" TEXT NOT NULL,

    CONSTRAINT "access_records_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "app"."catalogue_variants" (
    "shop_id" UUID NOT NULL,
    "variant_id" BIGINT NOT NULL,
    "product_title" TEXT,
    "variant_title" TEXT,
    "image_url" TEXT,
    "image_alt" TEXT,
    "fetched_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "catalogue_variants_pkey" PRIMARY KEY ("shop_id","variant_id")
);

-- CreateTable
CREATE TABLE "keys"."kek_checks" (
    "kek_id" TEXT NOT NULL,
    "check_value" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "kek_checks_pkey" PRIMARY KEY ("kek_id")
);

-- CreateTable
CREATE TABLE "keys"."shop_keys" (
    "shop_id" UUID NOT NULL,
    "purpose" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "kek_id" TEXT NOT NULL,
    "wrapped" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "shop_keys_pkey" PRIMARY KEY ("shop_id","purpose","version")
);

-- CreateTable
CREATE TABLE "keys"."subject_keys" (
    "shop_id" UUID NOT NULL,
    "scope" TEXT NOT NULL,
    "subject_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "shop_key_version" INTEGER NOT NULL,
    "wrapped" BYTEA NOT NULL,
    "pseudonym" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "subject_keys_pkey" PRIMARY KEY ("shop_id","scope","subject_id","version")
);

-- CreateTable
CREATE TABLE "keys"."inbox_days" (
    "day" DATE NOT NULL,
    "kek_id" TEXT NOT NULL,
    "wrapped" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inbox_days_pkey" PRIMARY KEY ("day")
);

-- CreateIndex
CREATE UNIQUE INDEX "shops_domain_key" ON "app"."shops"("domain");

-- CreateIndex
CREATE UNIQUE INDEX "agreement_acceptances_shop_id_epoch_version_key" ON "app"."agreement_acceptances"("shop_id", "epoch", "version");

-- CreateIndex
CREATE UNIQUE INDEX "agreement_delegates_shop_id_email_index_key" ON "app"."agreement_delegates"("shop_id", "email_index");

-- CreateIndex
CREATE INDEX "people_shop_id_email_index_idx" ON "app"."people"("shop_id", "email_index");

-- CreateIndex
CREATE UNIQUE INDEX "people_shop_id_customer_ref_key" ON "app"."people"("shop_id", "customer_ref");

-- CreateIndex
CREATE UNIQUE INDEX "people_shop_id_guest_ref_key" ON "app"."people"("shop_id", "guest_ref");

-- CreateIndex
CREATE INDEX "carts_newest" ON "app"."carts"("shop_id", "last_changed_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "carts_shop_id_person_id_idx" ON "app"."carts"("shop_id", "person_id");

-- CreateIndex
CREATE UNIQUE INDEX "carts_shop_id_token_ref_key" ON "app"."carts"("shop_id", "token_ref");

-- CreateIndex
CREATE INDEX "checkouts_shop_id_cart_id_idx" ON "app"."checkouts"("shop_id", "cart_id");

-- CreateIndex
CREATE INDEX "checkouts_shop_id_person_id_idx" ON "app"."checkouts"("shop_id", "person_id");

-- CreateIndex
CREATE UNIQUE INDEX "checkouts_shop_id_token_ref_key" ON "app"."checkouts"("shop_id", "token_ref");

-- CreateIndex
CREATE INDEX "orders_shop_id_cart_id_idx" ON "app"."orders"("shop_id", "cart_id");

-- CreateIndex
CREATE INDEX "orders_shop_id_checkout_ref_idx" ON "app"."orders"("shop_id", "checkout_ref");

-- CreateIndex
CREATE INDEX "orders_shop_id_person_id_idx" ON "app"."orders"("shop_id", "person_id");

-- CreateIndex
CREATE UNIQUE INDEX "orders_shop_id_order_ref_key" ON "app"."orders"("shop_id", "order_ref");

-- CreateIndex
CREATE INDEX "privacy_requests_shop_id_due_at_idx" ON "app"."privacy_requests"("shop_id", "due_at");

-- CreateIndex
CREATE UNIQUE INDEX "privacy_requests_shop_id_topic_body_digest_key" ON "app"."privacy_requests"("shop_id", "topic", "body_digest");

-- AddForeignKey
ALTER TABLE "app"."carts" ADD CONSTRAINT "carts_shop_id_person_id_fkey" FOREIGN KEY ("shop_id", "person_id") REFERENCES "app"."people"("shop_id", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "app"."cart_states" ADD CONSTRAINT "cart_states_shop_id_cart_id_fkey" FOREIGN KEY ("shop_id", "cart_id") REFERENCES "app"."carts"("shop_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "app"."checkouts" ADD CONSTRAINT "checkouts_shop_id_cart_id_fkey" FOREIGN KEY ("shop_id", "cart_id") REFERENCES "app"."carts"("shop_id", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "app"."checkouts" ADD CONSTRAINT "checkouts_shop_id_person_id_fkey" FOREIGN KEY ("shop_id", "person_id") REFERENCES "app"."people"("shop_id", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "app"."orders" ADD CONSTRAINT "orders_shop_id_cart_id_fkey" FOREIGN KEY ("shop_id", "cart_id") REFERENCES "app"."carts"("shop_id", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "app"."orders" ADD CONSTRAINT "orders_shop_id_person_id_fkey" FOREIGN KEY ("shop_id", "person_id") REFERENCES "app"."people"("shop_id", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;
