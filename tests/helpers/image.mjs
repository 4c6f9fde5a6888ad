// Pictures made on the spot: grey, of any size, and real.
import zlib from 'node:zlib';

const segment = (marker, bytes) => Buffer.concat([
    Buffer.from([0xff, marker, (bytes.length + 2) >> 8, (bytes.length + 2) & 255]), Buffer.from(bytes)]);

// The EXIF data of a phone held sideways: turn the picture (6), and where it was taken, 4°N 74°W.
function exif() {
    const tiff = Buffer.alloc(140);
    const entry = (at, tag, type, count, value) => {
        tiff.writeUInt16LE(tag, at);
        tiff.writeUInt16LE(type, at + 2);
        tiff.writeUInt32LE(count, at + 4);
        tiff.writeUInt32LE(value, at + 8);
    };
    const degrees = (at, value) => [value, 1, 0, 1, 0, 1].forEach((n, i) => tiff.writeUInt32LE(n, at + 4 * i));
    tiff.write('II*\0', 'latin1');
    tiff.writeUInt32LE(8, 4);
    tiff.writeUInt16LE(2, 8);
    entry(10, 0x0112, 3, 1, 6);
    entry(22, 0x8825, 4, 1, 38);
    tiff.writeUInt16LE(4, 38);
    entry(40, 1, 2, 2, 'N'.charCodeAt(0));
    entry(52, 2, 5, 3, 92);
    entry(64, 3, 2, 2, 'W'.charCodeAt(0));
    entry(76, 4, 5, 3, 116);
    degrees(92, 4);
    degrees(116, 74);
    return segment(0xe1, [...Buffer.from('Exif\0\0'), ...tiff]);
}

// A baseline JPEG of one component.  Its two Huffman codes say "no difference" and
// "end of block", so that each 8 × 8 block is two zero bits: fifty megapixels take
// 200 KB.
export function jpeg(width = 64, height = 48, { sideways = false } = {}) {
    const blocks = Math.ceil(width / 8) * Math.ceil(height / 8);
    const scan = Buffer.alloc(Math.ceil(blocks / 4));
    const spare = scan.length * 8 - blocks * 2;
    scan[scan.length - 1] = (1 << spare) - 1;
    const one_code = [1, ...Array(15).fill(0), 0];
    return Buffer.concat([
        Buffer.from([0xff, 0xd8]),
        segment(0xe0, [...Buffer.from('JFIF\0'), 1, 1, 0, 0, 1, 0, 1, 0, 0]),
        sideways ? exif() : Buffer.alloc(0),
        segment(0xdb, [0, ...Array(64).fill(1)]),
        segment(0xc0, [8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0]),
        segment(0xc4, [0x00, ...one_code]),
        segment(0xc4, [0x10, ...one_code]),
        segment(0xda, [1, 1, 0, 0, 63, 0]),
        scan,
        Buffer.from([0xff, 0xd9]),
    ]);
}

function chunk(type, data) {
    const body = Buffer.concat([Buffer.from(type), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc32(body), body.length + 4);
    return out;
}

function crc32(bytes) {
    let crc = 0xffffffff;
    for (const byte of bytes) {
        crc ^= byte;
        for (let i = 0; i < 8; i++)
            crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    }
    return (crc ^ 0xffffffff) >>> 0;
}

export function png(width = 64, height = 48) {
    const head = Buffer.alloc(13);
    head.writeUInt32BE(width, 0);
    head.writeUInt32BE(height, 4);
    head[8] = 8;                                 // bits of grey
    const rows = Buffer.alloc((width + 1) * height, 128);
    for (let y = 0; y < height; y++)
        rows[y * (width + 1)] = 0;               // each row says that it is not filtered
    return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head),
        chunk('IDAT', zlib.deflateSync(rows)),
        chunk('IEND', Buffer.alloc(0))]);
}

// A symbol of ours as pixels, so many for a module: each rectangle of the SVG is
// "M x y h w v h h-w z".
export function symbol_pixels(svg, scale = 4) {
    const [width, height] = svg.match(/viewBox="0 0 (\d+) (\d+)"/).slice(1).map((n) => n * scale);
    const data = new Uint8ClampedArray(width * height * 4).fill(255);
    for (const m of svg.slice(svg.lastIndexOf('<path')).matchAll(/M(\d+) (\d+)h(\d+)v(\d+)/g)) {
        const [x, y, w, h] = m.slice(1).map((n) => n * scale);
        for (let row = y; row < y + h; row++)
            for (let col = x; col < x + w; col++)
                data.fill(0, (row * width + col) * 4, (row * width + col) * 4 + 3);
    }
    return { width, height, data, colorSpace: 'srgb' };
}

const FILM = { width: 640, height: 480, frames_a_second: 5 };

// A frame of grey light with a symbol in its middle, or nothing: YUV 4:2:0.
function frame(picture) {
    const { width, height } = FILM, out = Buffer.alloc(width * height * 3 / 2, 128);
    out.fill(200, 0, width * height);
    if (!picture)
        return out;
    const left = (width - picture.width) >> 1, top = (height - picture.height) >> 1;
    for (let y = 0; y < picture.height; y++)
        for (let x = 0; x < picture.width; x++)
            out[(top + y) * width + left + x] = picture.data[(y * picture.width + x) * 4] ? 235 : 16;
    return out;
}

// A film for a camera, which sees it over and over: each picture (null: nothing) for so many seconds.
export function film(pictures, seconds = 0.6) {
    const { width, height, frames_a_second } = FILM;
    const parts = [Buffer.from(`YUV4MPEG2 W${width} H${height} F${frames_a_second}:1 Ip A1:1 C420mpeg2\n`)];
    for (const picture of pictures)
        for (let i = 0; i < seconds * frames_a_second; i++)
            parts.push(Buffer.from('FRAME\n'), frame(picture));
    return Buffer.concat(parts);
}

// A file as client.submit takes it for a file input.
export const photo = (name, type, data) => ({ name, type, data });
export const jpeg_photo = (name = 'foto.jpg') => photo(name, 'image/jpeg', jpeg());
export const png_photo = (name = 'foto.png') => photo(name, 'image/png', png());
