-- CreateIndex
CREATE INDEX "people_shop_id_support_code_idx" ON "app"."people"("shop_id", "support_code");

-- CreateIndex
CREATE INDEX "people_newest" ON "app"."people"("shop_id", "first_seen_at" DESC, "id" DESC);
