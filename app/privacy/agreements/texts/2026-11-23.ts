/**
 * The data protection agreement of 23 November 2026. Never change it: its digest stands in the acceptances. A new text
 * is a new file with a new version.
 */
export const TEXT_2026_11_23 = `# Data protection agreement

Between the merchant who installs Cart Insights ("you") and the provider that operates it ("we"). It is part of the contract about the app and takes effect when you accept it. It goes before other terms where they differ on data protection.

## 1. What this is about

Cart Insights shows your staff what is in your customers' carts and what became of them. To do that it handles personal data of people who visit or buy from your shop. You decide why that happens and are the controller (the "business" in Californian law). We do it for you and on your instructions and are the processor (the "service provider"). We do not own this data, do not sell or share it, do not combine it with data of other shops, and do not use it for ends of our own.

## 2. Your instructions

Your instructions are this agreement, your settings in the app and what you tell us in writing. We tell you if we think an instruction breaks the law, and may wait with it until that is settled. If a law makes us do something else with the data, we tell you before, unless that law forbids it.

## 3. Whose data, which data, and what for

The people are those who put something into a cart, check out or order in your shop. The data are these, and no others:

- First and last name of a customer: to show whose cart it is, so that your staff can help.
- E-mail of a customer, a checkout and an order, and Shopify's numbers of customer and order: to join carts, checkouts and orders of one person, so that your staff can follow up.
- Country and province or state that an order ships to: to show where orders go, for service and for your regional marketing.
- What is in a cart, a checkout or an order, with quantities, prices and times: to help the customer and to understand cart activity.

We ask Shopify for nothing more, and cut away what it sends besides. We do not keep telephone numbers, streets, cities, postal codes, IP addresses, browser details, notes, line item properties or payment details.

Of your own staff we process the name, the e-mail and the Shopify number of those who use the app, to let them in, to record who looked at what, and to prove this agreement.

## 4. What we do not do

No decisions are taken by machine about people, and nobody is scored, ranked or profiled. Personal data is not used to train models. A person who has opted out of the sale or sharing of their data stays opted out.

## 5. How long

Data stays no longer than it is needed for these purposes, and at most:

- messages from Shopify that wait to be processed: 7 days;
- carts, checkouts and orders: 13 months after the last change, and the people behind them as long as one of theirs;
- records of who looked at what: 24 months;
- requests by law, after completion, and this agreement, after its end: 36 months.

## 6. Security

Personal data is encrypted before it is written to disk, with keys that belong to your shop alone, and a separate key for every person, cart, checkout and order, so that each can be erased for good by destroying its key. Connections are encrypted. The database itself keeps shops apart. Names and e-mails are hidden until somebody of your staff has a stated purpose. What is opened is recorded: who, when, what and what for. Backups are encrypted, kept for 30 days at most, and erasures are carried out again when one is restored. Test systems hold no data of yours.

Only those of our people who need it for their task can get access, for a limited time, on record and bound to secrecy. You are responsible for who of your staff may use the app and for their Shopify accounts.

## 7. Others who help us

Our only sub-processor is the hosting provider on whose servers the app and its database run. We name it, and the place of the servers, whenever you ask. We tell you at least 30 days before another is added or replaced. If you object and we find no other way, you may end the contract before the change. We bind sub-processors to the same duties and answer for what they do.

## 8. Other countries

Data stays in the region where the servers stand. If it has to leave the European Economic Area, the United Kingdom or Switzerland for a country without adequate protection, the standard contractual clauses of the European Commission (Decision 2021/914, module two, or module three for sub-processors) and the British addendum apply between us, with this agreement as their annex.

## 9. Requests of the people concerned

Answering them is your task; making it easy is ours. Requests for a copy and for erasure that reach the app through Shopify are recorded at once and done within 30 days. If somebody writes to us directly, we send them on to you and do not answer ourselves. We help you with correction, restriction, objection and portability, and with impact assessments and questions of authorities as far as they concern the app.

## 10. When something goes wrong

If personal data of yours is lost, altered or seen by somebody it was not meant for, we tell you without undue delay and at the latest 24 hours after we have confirmed it, at the privacy contact you gave: what happened, which people and data are concerned, what may follow, what we have done and what you can do. What is not yet known follows in parts. We investigate, contain the damage and keep a record of every such incident.

## 11. Proof and audits

We give you what you need to check that we keep to this: the list of every field we hold with purpose and time limit, the records of access to your shop's data, the state of every request. If that is not enough, you or an auditor you name, bound to secrecy, may inspect once a year, and after an incident, on 30 days' notice.

## 12. The end

This agreement lasts as long as we hold data of yours. When you uninstall the app, processing stops at once and access tokens are destroyed. Until then you may ask for a copy of everything. When Shopify then asks us to erase your shop's data, which it does from 48 hours after the uninstallation, or when you ask us earlier, we erase it within 30 days. Copies in backups can no longer be opened once the backups of the keys have expired, 30 days later at most. What a law obliges us to keep we keep for that alone.

## 13. Acceptance and changes

The owner of the Shopify account, or a colleague whom the owner has named in the app, accepts for you. We keep who accepted, when, and which version, with a digest of its exact text. A new version binds you when you have accepted it. Every version stays available to you. If one sentence does not hold, the others do. The law and the courts are those of the contract about the app.
`;
