// Node reads GBK but cannot write it. The table is the decoder's, turned round.

let table: Map<string, number> | undefined;

function encodings(): Map<string, number> {
  if (table !== undefined) {
    return table;
  }
  const decoder = new TextDecoder('gbk');
  table = new Map();
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    for (let trail = 0x40; trail <= 0xfe; trail += 1) {
      const character = decoder.decode(Uint8Array.of(lead, trail));
      if (trail !== 0x7f && character.length === 1 && character !== '\ufffd' && !table.has(character)) {
        table.set(character, lead * 256 + trail);
      }
    }
  }
  return table;
}

/** What GBK does not have becomes a question mark. */
export function encodeGbk(text: string): Buffer {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.charCodeAt(0);
    const pair = code < 0x80 ? undefined : encodings().get(character);
    if (pair !== undefined) {
      bytes.push(pair >> 8, pair & 0xff);
    } else {
      bytes.push(code < 0x80 ? code : 0x3f);
    }
  }
  return Buffer.from(bytes);
}
