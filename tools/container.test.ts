import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
const image = read('Dockerfile');
const container = JSON.parse(read('container.config.json'));
const manifest = JSON.parse(read('package.json'));

test('the container listens where the platform looks for it', () => {
  expect(image).toContain(`PORT=${container.containerPort}`);
  expect(image).toContain(`EXPOSE ${container.containerPort}`);
  expect(container.dockerfilePath).toBe('Dockerfile');
});

test('it starts as `npm start` does, on the Node of the project, and never as root', () => {
  expect(manifest.scripts.start).toBe(JSON.parse(/^CMD (.*)$/m.exec(image)?.[1] ?? '[]').join(' '));
  const major = read('.node-version').split('.')[0];
  expect(new Set([...image.matchAll(/^FROM node:(\d+)/gm)].map(([, found]) => found))).toEqual(
    new Set([major]),
  );
  expect(image).toMatch(/^USER node$/m);
});

test('its manifests are those of every workspace, or `npm ci` would refuse the lock file', () => {
  for (const workspace of manifest.workspaces) {
    expect(image).toContain(`COPY ${workspace}/package.json ${workspace}/`);
  }
});

test('one instance stays, because jobs run while nobody calls', () => {
  expect(container.minNum).toBeGreaterThanOrEqual(1);
});
