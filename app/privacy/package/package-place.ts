/** Where a copy's sealed document lies; part of what the seal is bound to. */
export function packagePlace(shopId: string, id: string) {
  return { shop: shopId, table: 'access_packages', column: 'sealed', row: id };
}
