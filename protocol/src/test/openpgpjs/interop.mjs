// The other side of OpenPgpJsInteropTest: opens what this project seals, and seals what it opens, with OpenPGP.js.
//   node interop.mjs open DIR   reads payload, reader.secret, sender.certificate; writes content
//   node interop.mjs seal DIR   reads content, sender.secret, reader.certificate; writes payload
//   node interop.mjs judge DIR  reads certificate and now; writes what it makes of every key, one a line
// Secret keys are under the passphrase "interop".
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const openpgp = createRequire(join(process.env.OPENPGPJS_DIR, 'package.json'))('openpgp');
const [, , word, directory] = process.argv;
const at = (name) => join(directory, name);
const certificate = async (name) => openpgp.readKey({ binaryKey: await readFile(at(name)) });
const secret = async (name) =>
  openpgp.decryptKey({
    privateKey: await openpgp.readPrivateKey({ binaryKey: await readFile(at(name)) }),
    passphrase: 'interop',
  });

// The library is one long line, which Node.js prints with an error that nobody catches.
process.on('uncaughtException', (error) => {
  console.error(error.message);
  process.exit(1);
});

if (word === 'open') {
  const opened = await openpgp.decrypt({
    message: await openpgp.readMessage({ binaryMessage: await readFile(at('payload')) }),
    decryptionKeys: await secret('reader.secret'),
    verificationKeys: await certificate('sender.certificate'),
    expectSigned: true,
    format: 'binary',
  });
  await opened.signatures[0].verified;
  await writeFile(at('content'), opened.data);
} else if (word === 'seal') {
  const payload = await openpgp.encrypt({
    message: await openpgp.createMessage({ binary: await readFile(at('content')) }),
    signingKeys: await secret('sender.secret'),
    encryptionKeys: await certificate('reader.certificate'),
    format: 'binary',
    config: {
      aeadProtect: true,
      preferredAEADAlgorithm: openpgp.enums.aead.ocb,
      preferredSymmetricAlgorithm: openpgp.enums.symmetric.aes256,
      preferredHashAlgorithm: openpgp.enums.hash.sha512,
    },
  });
  await writeFile(at('payload'), payload);
} else if (word === 'judge') {
  const key = await certificate('certificate');
  const now = new Date(await readFile(at('now'), 'utf8'));
  await key.verifyPrimaryKey(now);
  const lines = [`${key.getFingerprint()} primary valid`, `${key.getUserIDs().join(' ')} user-id valid`];
  for (const subkey of key.subkeys) {
    const use = subkey.getAlgorithmInfo().algorithm;
    const state = await subkey.verify(now).then(() => 'valid', (error) => error.message);
    lines.push(`${subkey.getFingerprint()} ${use} ${state}`);
  }
  const current = await key.getEncryptionKey(undefined, now);
  lines.push(`${current.getFingerprint()} current encryption`);
  await writeFile(at('judgement'), lines.join('\n') + '\n');
} else {
  throw new Error('open, seal or judge');
}
