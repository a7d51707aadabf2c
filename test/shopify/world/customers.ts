import { PLACES, type Place } from './places.ts';

/** A made-up person with an account at a shop. */
export interface Customer {
  readonly id: number;
  readonly gid: string;
  readonly addressId: number;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly phone: string;
  readonly note: string | null;
  readonly createdAt: string;
  readonly place: Place;
  readonly street: string;
  readonly ip: string;
  /** Whether they have opted out of the sale of their data; the mutation sets it. */
  dataSaleOptOut: boolean;
}

const CUSTOMERS_PER_SHOP = 40;

// prettier-ignore
const FIRST = [
  'Amara', 'Benoît', 'Chiara', 'Dmitri', 'Elif', 'Farah', 'Gustavo', 'Hana', 'Idris', 'Jolanda',
  'Kwame', 'Léonie', 'Mateo', 'Noor', 'Oskar', 'Priya', 'Quinn', 'Rosalind', 'Sébastien', 'Tomoko',
  'Ulrike', 'Valentina', 'Wojciech', 'Ximena', 'Yusuf', 'Zofia', 'Anouk', 'Bram', 'Catriona', 'Diego',
  'Emre', 'Fiona', 'Gabriel', 'Hélène', 'Ingrid', 'Joaquín', 'Keiko', 'Lars', 'Maeve', 'Nikolai',
];
// prettier-ignore
const LAST = [
  'Ashdown', 'Belhaven', 'Castellane', 'Drozdova', 'Eriksdal', 'Fontvieille', 'Grünwalder', 'Hollowell', 'Inoyama', 'Jankowicz',
  'Kerrigan', 'Lindqvarn', 'Montclair', 'Nwosu', 'Okonjo', 'Pellegrin', 'Quillfeather', 'Rastogi', 'Sandoval', 'Thistlewood',
  'Umeda', 'Vandermeer', 'Wintergarden', 'Xanthos', 'Yıldırım', 'Zabielska', 'Ambrosi', 'Brightwater', 'Corbeau', 'Delacroix',
];

const ascii = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/ı/g, 'i')
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase();

const at = <T>(items: readonly T[], index: number): T => items[index % items.length] as T;

/** The same customers at every start. `shopNumber` keeps the people of two shops apart. */
export function createCustomers(shopNumber: number): Customer[] {
  return Array.from({ length: CUSTOMERS_PER_SHOP }, (_, index) => {
    const firstName = at(FIRST, index + shopNumber * 17);
    const lastName = at(LAST, index * 7 + shopNumber * 11);
    const place = at(PLACES, index * 5 + shopNumber * 10);
    const id = 7_204_400_000_000 + shopNumber * 1_000_000 + index * 1_117;
    const twoDigits = String(index % 100).padStart(2, '0');
    const isNorthAmerican = place.countryCode === 'CA' || place.countryCode === 'US';
    return {
      id,
      gid: `gid://shopify/Customer/${id}`,
      addressId: 9_471_800_000 + shopNumber * 100_000 + index * 13,
      firstName,
      lastName,
      email: `${ascii(firstName)}.${ascii(lastName)}${shopNumber > 1 ? shopNumber : ''}@example.com`,
      phone: isNorthAmerican ? `+141655501${twoDigits}` : `+4420794601${twoDigits}`,
      note: index % 9 === 0 ? 'Asked to have parcels left with the neighbour' : null,
      createdAt: new Date(Date.UTC(2025, index % 12, 1 + (index % 27), 9, index % 60)).toISOString(),
      place,
      street: `${3 + index * 4} ${place.street}`,
      ip: `203.0.113.${10 + index}`,
      dataSaleOptOut: index % 8 === 3,
    };
  });
}
