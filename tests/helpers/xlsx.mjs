// Workbooks for tests: made by hand, so that what no program would write can be in them, and read again.
import { inflateRawSync, deflateRawSync } from 'node:zlib';

function crc32(data) {
    let crc = ~0;
    for (const byte of data) {
        crc ^= byte;
        for (let i = 0; i < 8; i++)
            crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc >>> 0;
}

// parts: { name: text or bytes }.  said: sizes that the list tells instead of the right ones, by name.
export function zip(parts, said = {}) {
    const local = [], central = [];
    let at = 0;
    for (const [name, content] of Object.entries(parts)) {
        const data = Buffer.from(content), packed = deflateRawSync(data);
        const head = Buffer.alloc(26);
        head.writeUInt16LE(20, 0);
        head.writeUInt16LE(8, 4);
        head.writeUInt32LE(crc32(data), 10);
        head.writeUInt32LE(packed.length, 14);
        head.writeUInt32LE(said[name] ?? data.length, 18);
        head.writeUInt16LE(Buffer.byteLength(name), 22);
        const one = Buffer.concat([Buffer.from('PK\x03\x04'), head, Buffer.from(name), packed]);
        const entry = Buffer.alloc(14);
        entry.writeUInt32LE(at, 10);
        central.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), head, entry, Buffer.from(name)]));
        local.push(one);
        at += one.length;
    }
    const list = Buffer.concat(central), end = Buffer.alloc(18);
    end.writeUInt16LE(central.length, 4);
    end.writeUInt16LE(central.length, 6);
    end.writeUInt32LE(list.length, 8);
    end.writeUInt32LE(at, 12);
    return Buffer.concat([...local, list, Buffer.from('PK\x05\x06'), end]);
}

// The parts of a zip, as texts.
export function unzip(bytes) {
    const parts = {};
    for (let at = bytes.indexOf('PK\x01\x02'); at >= 0; at = bytes.indexOf('PK\x01\x02', at + 1)) {
        const n = bytes.readUInt16LE(at + 28), packed = bytes.readUInt32LE(at + 20), from = bytes.readUInt32LE(at + 42);
        const name = bytes.toString('utf8', at + 46, at + 46 + n);
        const begin = from + 30 + bytes.readUInt16LE(from + 26) + bytes.readUInt16LE(from + 28);
        const data = bytes.subarray(begin, begin + packed);
        parts[name] = (bytes.readUInt16LE(at + 10) === 8 ? inflateRawSync(data) : data).toString('utf8');
    }
    return parts;
}

const letters = (i) => (i < 26 ? '' : String.fromCharCode(64 + Math.floor(i / 26))) + String.fromCharCode(65 + i % 26);
const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

// rows: lists of cells: a text (shared), a number, { v: '3.00555E+09' } a number as it is written, null nothing.
export function xlsx(rows, { merges = [], parts = {}, said } = {}) {
    const strings = [];
    const cell = (value, r, c) => {
        if (value === null || value === undefined)
            return '';
        const ref = `${letters(c)}${r}`;
        if (typeof value === 'string')
            return `<c r="${ref}" t="s"><v>${strings.push(value) - 1}</v></c>`;
        return `<c r="${ref}"><v>${typeof value === 'object' ? value.v : value}</v></c>`;
    };
    const body = rows.map((row, i) => `<row r="${i + 1}">${row.map((v, c) => cell(v, i + 1, c)).join('')}</row>`).join('');
    const merged = merges.length ? `<mergeCells>${merges.map((ref) => `<mergeCell ref="${ref}"/>`).join('')}</mergeCells>` : '';
    const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main', r = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
    return zip({
        '[Content_Types].xml': '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="${r}"><sheets><sheet name="Oculta" sheetId="1" state="hidden" r:id="rId9"/>`
            + '<sheet name="Residentes" sheetId="2" r:id="rId1"/></sheets></workbook>',
        'xl/_rels/workbook.xml.rels': '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            + `<Relationship Id="rId1" Type="${r}/worksheet" Target="worksheets/sheet1.xml"/>`
            + `<Relationship Id="rId2" Type="${r}/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
        'xl/worksheets/sheet1.xml': `<worksheet xmlns="${main}"><sheetData>${body}</sheetData>${merged}</worksheet>`,
        'xl/sharedStrings.xml': `<sst xmlns="${main}">${strings.map((t) => `<si><t xml:space="preserve">${escape(t)}</t></si>`).join('')}</sst>`,
        ...parts,
    }, said);
}
