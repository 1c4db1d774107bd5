import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sanitiseDescription, toPlainText } from './html.ts';
import { arrangeImages, isSlug, makeSku, optionsKey, priceRange } from './product.ts';
import { slugify } from './text.ts';

describe('SKUs that are made', () => {
  test('simple options stand in the SKU as they are', () => {
    expect(makeSku('cup', [])).toBe('cup');
    expect(makeSku('cup', ['Red', 'M'])).toBe('cup/Red/M');
    expect(makeSku('杯子', ['红'])).toBe('杯子/红');
  });

  test('options that do not are told apart by a hash', () => {
    expect(makeSku('cup', ['a/b', 'c'])).not.toBe(makeSku('cup', ['a', 'b/c']));
    expect(makeSku('cup', ['Light Blue'])).toMatch(/^cup\/light-blue-[0-9a-f]{8}$/);
  });

  test('different options never make the same SKU, and it fits', () => {
    const options = fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 80 }), { maxLength: 3 });
    fc.assert(
      fc.property(options, options, (a, b) => {
        expect(makeSku('cup', a).length).toBeLessThanOrEqual(120);
        return optionsKey(a) === optionsKey(b) || makeSku('cup', a) !== makeSku('cup', b);
      }),
    );
  });
});

describe('what follows from the variants', () => {
  test('the range counts what buyers pay, and the list price is that of the cheapest', () => {
    const variants = [
      { unit_price: 1000, sale_price: 800 },
      { unit_price: 900, sale_price: null },
    ];
    expect(priceRange(variants)).toEqual({ min_price: 800, max_price: 900, list_price: 1000 });
    expect(priceRange([])).toEqual({ min_price: 0, max_price: 0, list_price: 0 });
  });

  test('each image is kept once, and one of them is the main one', () => {
    const images = arrangeImages([{ url: 'a' }, { url: 'b', isMain: true }, { url: 'a' }]);
    expect(images.map(({ url, order, isMain }) => [url, order, isMain])).toEqual([
      ['a', 0, false],
      ['b', 1, true],
    ]);
  });
});

describe('slugs', () => {
  test('a name becomes an address of its letters, in every script', () => {
    expect(slugify('  Crème brûlée & Co. ')).toBe('creme-brulee-co');
    expect(slugify('蓝色 衬衫')).toBe('蓝色-衬衫');
    expect(slugify('!!!')).toBe('');
  });

  test('what would not stand in an address, or looks like an id, is none', () => {
    for (const text of ['', 'a/b', 'a b', '../x', '-a', 'prod_1', 'x'.repeat(191), 'a?b', '<b>']) {
      expect(isSlug(text), text).toBe(false);
    }
    expect(isSlug('led-high-tops_2.0')).toBe(true);
  });
});

describe('descriptions', () => {
  test('scripts, handlers, styles, frames and their addresses are cut out', () => {
    const dirty =
      '<p onclick="x()" style="color:red">Hi<script>alert(1)</script><iframe src="https://e.com"></iframe>' +
      '<a href="javascript:alert(1)">a</a><img src="data:image/png;base64,AA" onerror="x()"><b>!</b></p>';
    const clean = sanitiseDescription(dirty);
    expect(clean).toBe('<p>Hi<a rel="nofollow noopener">a</a><img /><b>!</b></p>');
    expect(sanitiseDescription(clean)).toBe(clean);
  });

  test('the plain text keeps words apart and shows signs as signs', () => {
    expect(toPlainText('<ul><li>red</li><li>Tom &amp; Jerry &lt;3</li></ul>')).toBe('red Tom & Jerry <3');
  });
});
