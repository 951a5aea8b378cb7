// Bytes as they travel: base 32 (RFC 4648, upper case, no padding), base64url, hexadecimal.
const SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export function fromBase32(text) {
  const out = new Uint8Array(Math.floor((text.length * 5) / 8));
  let held = 0;
  let bits = 0;
  let at = 0;
  for (const sign of text.toUpperCase()) {
    const value = SIGNS.indexOf(sign);
    if (value < 0) throw new Error("not base 32");
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      out[at++] = (held >> bits) & 0xff;
    }
  }
  // What is left over must be nought, else two texts would say the same.
  if (held & ((1 << bits) - 1) || bits >= 5) throw new Error("not base 32");
  return out;
}

export const hex = (bytes) => Array.from(bytes, (each) => each.toString(16).padStart(2, "0")).join("");
