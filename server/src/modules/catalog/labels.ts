/** Categories and brands come into being when a product first names them; afterwards the first spelling stands. */
import { type Reader, statement, type Tx } from '../../kernel/db/index.ts';
import { newId } from '../../kernel/ids.ts';
import type { BrandRow, CategoryRow } from './tables.ts';
import { shortHash, slugify } from './text.ts';

const MAX_PATH_LENGTH = 190;
const HASH_LENGTH = 8;

const categoryByPath = statement<{ path: string }, CategoryRow>((query, p) =>
  query.selectFrom('categories').selectAll().where('path', '=', p.path),
);
const brandBySlug = statement<{ slug: string }, BrandRow>((query, p) =>
  query.selectFrom('brands').selectAll().where('slug', '=', p.slug),
);

/** A name without a letter or digit still gets an address of its own. */
function labelSlug(name: string): string {
  return slugify(name) || shortHash(name, HASH_LENGTH);
}

function joinPath(parent: CategoryRow | undefined, name: string): string {
  const path = parent === undefined ? labelSlug(name) : `${parent.path}/${labelSlug(name)}`;
  return path.length <= MAX_PATH_LENGTH
    ? path
    : `${path.slice(0, MAX_PATH_LENGTH - HASH_LENGTH - 1).toWellFormed()}-${shortHash(path, HASH_LENGTH)}`;
}

/** The category at the end of `names` (root first), made together with its parents where they are missing. */
export async function ensureCategory(tx: Tx, names: readonly string[]): Promise<CategoryRow> {
  let parent: CategoryRow | undefined;
  for (const name of names) {
    parent = await ensureChild(tx, parent, name);
  }
  if (parent === undefined) {
    throw new RangeError('a category needs a name');
  }
  return parent;
}

async function ensureChild(tx: Tx, parent: CategoryRow | undefined, name: string): Promise<CategoryRow> {
  const path = joinPath(parent, name);
  const present = await categoryByPath.first(tx, { path });
  if (present !== undefined) {
    return present;
  }
  const slug = path.replaceAll('/', '-');
  const row = { id: newId('cat'), slug, name, parent_id: parent?.id ?? null, path, created_at: tx.now };
  if (await tx.insertOnce('categories', row)) {
    return row;
  }
  const other = await categoryByPath.first(tx, { path });
  if (other !== undefined) {
    return other;
  }
  // Only the slug was taken: "a > b-c" and "a-b > c" are two categories.
  const renamed = {
    ...row,
    slug: `${slug.slice(0, MAX_PATH_LENGTH - HASH_LENGTH - 1)}-${shortHash(path, HASH_LENGTH)}`,
  };
  await tx.query.insertInto('categories').values(renamed).execute();
  return renamed;
}

/** The brand of this name, made where it is missing. */
export async function ensureBrand(tx: Tx, name: string): Promise<BrandRow> {
  const slug = labelSlug(name);
  const present = await brandBySlug.first(tx, { slug });
  if (present !== undefined) {
    return present;
  }
  const row = { id: newId('brd'), slug, name, created_at: tx.now };
  if (await tx.insertOnce('brands', row)) {
    return row;
  }
  return (await brandBySlug.first(tx, { slug })) as BrandRow;
}

/** All categories, parents before their children. */
export async function listCategories(db: Reader): Promise<CategoryRow[]> {
  return db.query.selectFrom('categories').selectAll().orderBy('path').execute();
}

export async function listBrands(db: Reader): Promise<BrandRow[]> {
  return db.query.selectFrom('brands').selectAll().orderBy('slug').execute();
}
