// A parcel's way by a client that was generated from the description alone: announced by anybody, received, quoted and handed
// over by a program with a token.  The compiler holds each call against the description, the server each answer.
import { createClient } from './client/client/index.js';
import { getPackagesId, getPackagesIdEvents, getTrackCode, getWhoami, patchPackagesId, postAnnouncements, postDeliveries, postDeliveriesQuote,
    postPackagesIdReceive } from './client/index.js';

export interface Way { baseUrl: string, operator: string, admin: string, guide: string, phone: string, key: () => string,
    id: () => Promise<number>, code: () => Promise<string> }

// What the answer has; an error that tells the problem, when it is one.
function given<T>(answer: { data?: T, error?: unknown, response: Response }): T {
    if (answer.data === undefined)
        throw new Error(`${answer.response.url}: ${answer.response.status} ${JSON.stringify(answer.error)}`);
    return answer.data;
}

export async function flow(way: Way) {
    const anybody = createClient({ baseUrl: way.baseUrl });
    const operator = createClient({ baseUrl: way.baseUrl, auth: () => way.operator });
    const admin = createClient({ baseUrl: way.baseUrl, auth: () => way.admin });
    const key = () => ({ 'Idempotency-Key': way.key() });

    const who = given(await getWhoami({ client: operator }));
    const announced = given(await postAnnouncements({ client: anybody,
        body: { name: 'Rosa Prueba', phone: way.phone, guides: [way.guide], consent: true } }));
    const tracking = announced.packages[0].tracking_code;
    const id = await way.id();
    const received = given(await postPackagesIdReceive({ client: operator, path: { id }, headers: key(), body: { condition: 'BUENO' } }));
    const shown = given(await getTrackCode({ client: anybody, path: { code: String(tracking) } }));
    const read = await getPackagesId({ client: admin, path: { id } });
    const version = read.response.headers.get('ETag');
    const corrected = given(await patchPackagesId({ client: admin, path: { id }, headers: { 'If-Match': version ?? '' },
        body: { carrier: 'Envía', reason: 'Se leyó mal en la caja' } }));
    const stale = await patchPackagesId({ client: admin, path: { id }, headers: { 'If-Match': version ?? '' },
        body: { carrier: 'Coordinadora', reason: 'Se leyó mal en la caja' } });
    const code = await way.code();
    const quote = given(await postDeliveriesQuote({ client: operator, body: { code } }));
    const once = key(), body = { ids: [id], code, method: 'nequi' as const, reference: 'M7712', amount: 1500 };
    const delivered = given(await postDeliveries({ client: operator, headers: once, body }));
    const again = await postDeliveries({ client: operator, headers: once, body });
    const events = given(await getPackagesIdEvents({ client: operator, path: { id } }));
    const nobody = await getPackagesId({ client: anybody, path: { id } });
    return { who, announced, received, shown, corrected, stale, quote, delivered, again, events, nobody, read };
}
