import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { z } from 'zod';
import type { Db } from '../../kernel/db/index.ts';
import type { Locale } from '../../kernel/errors.ts';
import { actorOf, type Router, requireCaller } from '../../kernel/http/index.ts';
import { newId } from '../../kernel/ids.ts';
import { writeAudit } from '../audit/index.ts';
import { importColumnsMissing, importEmpty, importUnreadable, unknownCurrency } from './errors.ts';
import { type ImportSummary, importProducts } from './import/import-products.ts';
import type { LineReport } from './import/report.ts';
import type { ListingCache } from './listing-cache.ts';

const MAX_FILE_BYTES = 20 * 1_024 * 1_024;

const counts = <const N extends string>(...names: N[]) =>
  z.object(Object.fromEntries(names.map((name) => [name, z.int()])) as Record<N, z.ZodInt>);

const importView = z.object({
  isDryRun: z.boolean(),
  totals: z.object({
    products: counts('created', 'updated', 'unchanged', 'failed'),
    variants: counts('created', 'updated', 'unchanged', 'retired'),
    lines: counts('created', 'updated', 'unchanged', 'skipped', 'failed'),
  }),
  /** What concerns the whole file. */
  notes: z.array(z.string()),
  lines: z.array(
    z.object({
      /** Where the line begins in the file, counted from 1 with the header. */
      line: z.int(),
      handle: z.string(),
      sku: z.string().nullable(),
      outcome: z.enum(['created', 'updated', 'unchanged', 'skipped', 'failed']),
      messages: z.array(z.string()),
    }),
  ),
});

export function registerImportRoute(
  router: Router,
  deps: { readonly db: Db; readonly cache: ListingCache; readonly currency: string },
): void {
  router.route(
    {
      method: 'POST',
      url: '/products/import',
      summary: "Import products from Shopify's CSV",
      description:
        'All or nothing for each product, with a report for each line; products that are there are found by handle ' +
        'and updated. With `dryRun=true` nothing is written.',
      tag: 'Products',
      access: 'staff',
      permission: 'products.write',
      query: z.strictObject({
        currency: z.string().length(3).optional(),
        dryRun: z
          .enum(['true', 'false'])
          .transform((value) => value === 'true')
          .default(false),
      }),
      upload: { types: ['text/csv'], limit: MAX_FILE_BYTES },
      data: importView,
      errors: [unknownCurrency, importColumnsMissing, importUnreadable, importEmpty],
      rateLimit: { points: 30, perSeconds: 60 },
    },
    async (context) => {
      const bytes = context.upload?.bytes ?? Buffer.alloc(0);
      const by = actorOf(requireCaller(context));
      const isDryRun = context.query.dryRun;
      const lines: LineReport[] = [];
      const target = { type: 'import', id: newId('imp') };
      const audit = (action: string, after: object) =>
        deps.db.tx('product.import_audit', (tx) =>
          writeAudit(tx, { actor: by, action, target, after, ip: context.ip }),
        );
      // Written before the first product, so that an import that dies half-way is known too.
      if (!isDryRun) {
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        await audit('product.import', { fileName: context.upload?.fileName ?? null, sha256 });
      }
      const { totals, notes } = await importProducts(deps.db, () => Readable.from([bytes]), {
        currency: context.query.currency ?? deps.currency,
        by,
        isDryRun,
        onLine(line) {
          lines.push(line);
          deps.cache.forget();
        },
      });
      if (!isDryRun) {
        await audit('product.import_finished', totals);
      }
      return toReport({ isDryRun, totals, notes, lines }, context.locale);
    },
  );
}

function toReport(
  { isDryRun, totals, notes, lines }: ImportSummary & { isDryRun: boolean; lines: readonly LineReport[] },
  locale: Locale,
): z.infer<typeof importView> {
  return {
    isDryRun,
    totals,
    notes: notes.map((text) => text[locale]),
    lines: lines.map((line) => ({ ...line, messages: line.messages.map((text) => text[locale]) })),
  };
}
