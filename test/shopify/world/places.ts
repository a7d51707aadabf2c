/** Where made-up people live. Streets do not exist; telephone numbers are from ranges reserved for fiction. */
export interface Place {
  readonly country: string;
  readonly countryCode: string;
  /** Shopify sends null for countries without provinces. */
  readonly province: string | null;
  readonly provinceCode: string | null;
  readonly city: string;
  readonly zip: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly locale: string;
  readonly street: string;
}

type Row = [string, string, string | null, string | null, string, string, number, number, string, string];

const ROWS: readonly Row[] = [
  ['Canada', 'CA', 'Quebec', 'QC', 'Montréal', 'H2X 0A0', 45.51, -73.57, 'fr-CA', 'Rue de l’Érable-Bleu'],
  ['Canada', 'CA', 'Quebec', 'QC', 'Québec', 'G1R 0A0', 46.81, -71.21, 'fr-CA', 'Rue du Phare-Gris'],
  ['Canada', 'CA', 'Ontario', 'ON', 'Toronto', 'M5V 0A0', 43.65, -79.38, 'en-CA', 'Paper Lantern Street'],
  ['Canada', 'CA', 'British Columbia', 'BC', 'Vancouver', 'V6B 0A0', 49.28, -123.12, 'en-CA', 'Driftwood Lane'],
  ['Canada', 'CA', 'Alberta', 'AB', 'Calgary', 'T2P 0A0', 51.05, -114.07, 'en-CA', 'Foothill Row'],
  ['Canada', 'CA', 'Nova Scotia', 'NS', 'Halifax', 'B3J 0A0', 44.65, -63.57, 'en-CA', 'Lobster Crate Road'],
  ['United States', 'US', 'New York', 'NY', 'Brooklyn', '11299', 40.68, -73.94, 'en-US', 'Quilt Avenue'],
  ['United States', 'US', 'California', 'CA', 'Oakland', '94699', 37.8, -122.27, 'en-US', 'Copperleaf Way'],
  ['United States', 'US', 'Texas', 'TX', 'Austin', '78799', 30.27, -97.74, 'en-US', 'Bluebonnet Bend'],
  ['United States', 'US', 'Oregon', 'OR', 'Portland', '97299', 45.52, -122.68, 'en-US', 'Ferntree Court'],
  ['Germany', 'DE', null, null, 'Berlin', '10999', 52.5, 13.42, 'de', 'Papierdrachenweg'],
  ['Germany', 'DE', null, null, 'Hamburg', '20999', 53.55, 9.99, 'de', 'Möwenkontor'],
  ['Germany', 'DE', null, null, 'München', '80999', 48.14, 11.58, 'de', 'Enzianzeile'],
  ['Austria', 'AT', null, null, 'Wien', '1099', 48.21, 16.37, 'de-AT', 'Walzerstiege'],
  ['Switzerland', 'CH', null, null, 'Zürich', '8099', 47.37, 8.54, 'de-CH', 'Uhrmacherrain'],
  ['France', 'FR', null, null, 'Lyon', '69099', 45.76, 4.84, 'fr', 'Montée des Navettes'],
  ['Netherlands', 'NL', null, null, 'Utrecht', '3599 ZZ', 52.09, 5.12, 'nl', 'Tulpenkade'],
  ['United Kingdom', 'GB', 'England', 'ENG', 'Bristol', 'BS99 9ZZ', 51.45, -2.59, 'en-GB', 'Kettle Hill'],
  ['Ireland', 'IE', 'Dublin', 'D', 'Dublin', 'D99 X0X0', 53.35, -6.26, 'en-IE', 'Heron Quay'],
  ['Italy', 'IT', 'Roma', 'RM', 'Roma', '00199', 41.9, 12.5, 'it', 'Via del Gatto Rosso'],
  ['Spain', 'ES', 'Madrid', 'M', 'Madrid', '28099', 40.42, -3.7, 'es', 'Calle del Farol'],
  ['Japan', 'JP', 'Tokyo', 'JP-13', 'Setagaya', '154-0099', 35.65, 139.65, 'ja', 'Tsurigane-zaka'],
  ['Australia', 'AU', 'New South Wales', 'NSW', 'Newcastle', '2399', -32.93, 151.78, 'en-AU', 'Cockatoo Parade'],
];

export const PLACES: readonly Place[] = ROWS.map((row) => {
  const [country, countryCode, province, provinceCode, city, zip, latitude, longitude, locale, street] = row;
  return { country, countryCode, province, provinceCode, city, zip, latitude, longitude, locale, street };
});

/** The first place of a country, by its ISO code; throws for a country nobody lives in. */
export function requirePlace(countryCode: string, provinceCode?: string): Place {
  const found = PLACES.find(
    (place) => place.countryCode === countryCode && (provinceCode === undefined || place.provinceCode === provinceCode),
  );
  if (!found) throw new Error(`The stand-in knows no place in ${countryCode}${provinceCode ? `-${provinceCode}` : ''}`);
  return found;
}
