import { gunzipSync } from "fflate";
import { inputError } from "../errors.ts";
import { crc32 } from "./checksum.ts";

/** The bytes, unpacked where they are gzip (by their first two bytes); a damaged or cut stream is refused. */
export function unzipped(bytes: Uint8Array, file: string): Uint8Array {
  if (bytes.length < 2 || bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const expected = "a whole gzip stream";
  if (bytes.length < 18) throw inputError({ file, found: `${bytes.length} bytes of gzip`, expected });
  let plain: Uint8Array;
  try {
    plain = gunzipSync(bytes);
  } catch (error) {
    throw inputError({ file, found: `gzip that does not unpack (${(error as Error).message})`, expected });
  }
  const trailer = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 8, 8);
  if (trailer.getUint32(4, true) !== plain.length % 2 ** 32 || trailer.getUint32(0, true) !== crc32(plain)) {
    throw inputError({ file, found: "gzip whose checksum does not match", expected });
  }
  return plain;
}
