import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { type ParsedProduct, parseProduct } from './parse-product.ts';
import { readGroups, surveyFile } from './read-groups.ts';

interface Parsed extends ParsedProduct {
  readonly lines: readonly number[];
  readonly wrong: readonly string[];
}

async function read(file: string | Buffer, currency = 'CNY'): Promise<Parsed[]> {
  const open = () => Readable.from([Buffer.from(file)]);
  const survey = await surveyFile(open);
  const parsed: Parsed[] = [];
  for await (const group of readGroups(open, survey)) {
    const { product, problems } = parseProduct(group, survey.header, currency);
    const wrong = problems.map(({ line, text }) => `${line}: ${text.en}`);
    parsed.push({ ...product, lines: group.lines.map(({ line }) => line), wrong });
  }
  return parsed;
}

const only = async (file: string, currency?: string) => (await read(file, currency))[0] as Parsed;

describe('the shape of the file', () => {
  test('a byte order mark, CRLF, quoted line ends and empty lines leave the line numbers right', async () => {
    const text = 'Handle,Title,Body (HTML),Variant Price\na,A,"x\n\ny",1\n\nb,"B ""b""",,2\n';
    for (const file of [text, text.replaceAll('\n', '\r\n'), `\uFEFF${text}`]) {
      const parsed = await read(file);
      expect(parsed.map(({ handle, name, lines }) => [handle, name, lines])).toEqual([
        ['a', 'A', [2]],
        ['b', 'B "b"', [6]],
      ]);
    }
  });

  test('lines that are shorter than the header, or longer by empty cells, are read as far as they go', async () => {
    const parsed = await read('Handle,Title,Variant Price,Vendor\na,A,1\nb,B,2,V,,,\n');
    expect(parsed.map(({ content, wrong }) => [content.vendor, wrong])).toEqual([
      [null, []],
      ['V', []],
    ]);
  });

  test('a line that a comma without quotes has made too long is refused, as its cells stand in wrong columns', async () => {
    const [product] = await read('Handle,Title,Variant Price,Vendor\na,A,1,Pots, pans\na,,2,V\n');
    expect(product?.wrong).toContain(
      '2: The line has more cells than the header: a text with a comma in it needs quotes around it.',
    );
  });

  test('lines of nothing but commas and blanks are no lines, and the numbers of the others stay right', async () => {
    const parsed = await read('Handle,Title,Variant Price\n,,\na,A,1\n , ,\nb,B,x\n,,,,\n');
    expect(parsed.map(({ handle, lines }) => [handle, lines])).toEqual([
      ['a', [3]],
      ['b', [5]],
    ]);
  });

  test.each([';', '\t', '|'])('columns separated by %j are named as what is wrong', async (separator) => {
    const file = `Handle,Title,Variant Price\na,A,1\n`.replaceAll(',', separator);
    await expect(read(file)).rejects.toMatchObject({
      code: 'import_columns_missing',
      details: { reason: `the columns are separated by ${JSON.stringify(separator)}, not by ","` },
    });
  });

  test('the first product is handed out long before the file is read to its end', async () => {
    let chunks = 0;
    const open = () =>
      Readable.from(
        (function* () {
          yield Buffer.from('Handle,Title,Variant Price\n');
          for (let n = 0; n < 5_000; n += 1) {
            chunks += 1;
            yield Buffer.from(`p${n},${'name '.repeat(40)},1\n`.repeat(4));
          }
        })(),
      );
    const survey = await surveyFile(open);
    chunks = 0;
    const first = await readGroups(open, survey).next();
    expect(first.value?.lines).toHaveLength(4);
    expect(chunks).toBeLessThan(2_500);
  });

  test('a column that stands there twice is refused, as nobody can say which one is meant', async () => {
    await expect(read('Handle,Title,Variant Price,Price\na,A,1,2\n')).rejects.toMatchObject({
      code: 'import_unreadable',
      details: { columns: ['Price'] },
    });
  });

  test('a product of more lines than anybody means is refused', async () => {
    await expect(read(`Handle,Title,Price\n${'a,A,1\n'.repeat(3_001)}`)).rejects.toMatchObject({
      code: 'import_unreadable',
    });
  });
});

describe('what a product says', () => {
  test('names of options may stand above the line with the title', async () => {
    const file = 'Handle,Title,Option1 Name,Option1 Value,Price\na,,Size,S,1\na,A,,M,2\n';
    const { content, variants, wrong } = await only(file);
    expect([content.optionNames, variants.map(({ optionValues }) => optionValues), wrong]).toEqual([
      ['Size'],
      [['S'], ['M']],
      [],
    ]);
  });

  test('the columns of today’s exports mean the same as those of old ones', async () => {
    const product = await only(
      'Title,URL handle,Description,Vendor,Product category,Status,SKU,Option1 name,Option1 value,Price,' +
        'Compare-at price,Charge tax,Inventory tracker,Inventory quantity,Continue selling when out of stock,' +
        'Weight value (grams),Product image URL,Price / International\n' +
        'Mug,Mug,<b>x</b>,V,Home > Kitchen,Draft,M-1,Colour,Red,10,12.5,FALSE,shopify,7,TRUE,350,https://e.com/a.jpg,3\n',
    );
    expect(product).toMatchObject({
      handle: 'mug',
      status: 'draft',
      wrong: [],
      content: {
        category: ['Home', 'Kitchen'],
        optionNames: ['Colour'],
        description: '<b>x</b>',
        brand: 'V',
      },
    });
    expect(product.variants[0]).toMatchObject({
      sku: 'M-1',
      price: 1_000,
      compareAt: 1_250,
      content: { isTaxable: false, weightGrams: 350 },
      stock: { isTracked: true, onHand: 7, backorderAllowance: 1_000_000 },
    });
  });

  test('published, status and neither', async () => {
    const status = async (columns: string, cells: string) =>
      (await only(`Handle,Title,Price,${columns}\na,A,1,${cells}\n`)).status;
    expect(await status('Published', 'false')).toBe('draft');
    expect(await status('Published', 'TRUE')).toBe('active');
    expect(await status('Published,Status', 'true,archived')).toBe('archived');
    expect(await status('Published,Status', 'false,active')).toBe('draft');
    expect(await status('Status', '')).toBe('active');
    expect(await status('Vendor', 'x')).toBeUndefined();
  });

  test('images are ordered by position, and lines with nothing but an image are no variants', async () => {
    const product = await only(
      'Handle,Title,Price,Image Src,Image Position,Image Alt Text,Variant Image\n' +
        'a,A,1,https://e.com/2.jpg,2,,//cdn.e.com/v.jpg\na,,,https://e.com/1.jpg,1,front,\na,,,,,,\n',
    );
    expect(product.variants).toHaveLength(1);
    expect(product.emptyLines).toEqual([4]);
    expect(product.content.images?.map(({ url, alt, isMain }) => [url, alt, isMain])).toEqual([
      ['https://e.com/1.jpg', 'front', true],
      ['https://e.com/2.jpg', null, false],
      ['https://cdn.e.com/v.jpg', null, false],
    ]);
  });

  test('a compare-at price that is not above the price is no sale', async () => {
    for (const [cell, compareAt] of [
      ['', null],
      ['5', null],
      ['4.99', null],
      ['5.01', 501],
    ]) {
      const product = await only(`Handle,Title,Price,Compare At Price\na,A,5,${cell}\n`);
      expect(product.variants[0]?.compareAt).toBe(compareAt);
    }
  });

  test('prices are read in the decimals of their currency, and nothing else is taken for a price', async () => {
    const price = async (cell: string, currency: string) => {
      const product = await only(`Handle,Title,Price\na,A,"${cell}"\n`, currency);
      return product.wrong.length > 0 ? 'refused' : product.variants[0]?.price;
    };
    expect(await price('0.29', 'CNY')).toBe(29);
    expect(await price('19.990', 'CNY')).toBe(1_999);
    expect(await price('1500', 'JPY')).toBe(1_500);
    expect(await price('1.234', 'KWD')).toBe(1_234);
    for (const cell of ['', '-1', '1,299.00', '12,50', '$5', '1e3', '=1+1', 'NaN', '1.999', '99999999999']) {
      expect(await price(cell, 'CNY'), cell).toBe('refused');
    }
    expect(await price('9.50', 'JPY')).toBe('refused');
  });

  test('formulas and markup in cells stay text, and control characters are taken out', async () => {
    const product = await only(
      `Handle,Title,Price,Vendor,Body (HTML)\na,"=HYPERLINK(""x"")",1,"@SUM\u0000(A1)","<script>x</script><p>ok"\n`,
    );
    expect(product).toMatchObject({
      name: '=HYPERLINK("x")',
      wrong: [],
      content: { vendor: '@SUM(A1)', description: '<p>ok</p>' },
    });
  });

  test('each thing that is wrong is named with its line', async () => {
    const product = await only(
      'Handle,Title,Published,Option1 Name,Option1 Value,Option2 Value,Variant SKU,Variant Inventory Qty,' +
        'Variant Inventory Policy,Variant Price,Variant Grams,Image Src\n' +
        'a/b,A,perhaps,Size,S,,X,many,maybe,1,-5,javascript:alert(1)\n' +
        'a/b,,,,S,Blue,X,,,2,,\n' +
        'a/b,,,,,,Y,,,,,\n',
    );
    expect(product.wrong).toEqual([
      expect.stringMatching(/^2: The handle may hold/),
      '2: Weight "-5" is no number.',
      '2: Inventory quantity "many" is no number.',
      '2: Inventory policy "maybe" is not deny or continue.',
      '3: The option value "Blue" belongs to no option.',
      '4: The variant has no price.',
      '4: The variant has no value for the option Size.',
      '3: Line 2 has the same option values.',
      '3: Line 2 has the same SKU.',
      '2: "javascript:alert(1)" is no http(s) address.',
      '2: Published "perhaps" is neither true nor false.',
    ]);
  });

  test('huge cells are refused, and stock below nothing is recorded as nothing', async () => {
    const long = await only(
      `Handle,Title,Price,Body (HTML)\na,${'x'.repeat(300)},1,${'y'.repeat(100_001)}\n`,
    );
    expect(long.wrong).toHaveLength(2);
    const product = await only('Handle,Title,Price,Variant Inventory Qty\na,A,1,-3\n');
    expect(product.variants[0]).toMatchObject({ stock: { onHand: 0 }, notes: [{ en: expect.any(String) }] });
  });

  test('lines without a handle are refused one by one', async () => {
    const parsed = await read('Handle,Title,Price\n,A,1\n,B,2\n');
    expect(parsed.map(({ wrong }) => wrong)).toEqual([
      ['2: The line has no handle.'],
      ['3: The line has no handle.'],
    ]);
  });
});
