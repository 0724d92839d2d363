// Bytes as JSON has them: base64url.

export function bufferToBase64URLString(buffer) {
  const binary = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** A copy as JSON has it, in which bytes are base64url. */
export const asJSON = (value) =>
  JSON.parse(
    JSON.stringify(value, function (key, member) {
      const bytes = bytesOf(this[key]);
      return bytes ? bufferToBase64URLString(bytes) : member;
    }),
  );

/** Bytes in whatever form, of whatever realm. */
function bytesOf(value) {
  if (ArrayBuffer.isView(value)) return value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength);
  return Object.prototype.toString.call(value) === '[object ArrayBuffer]' && value;
}
