/** The part of the package that html.ts uses. */
declare module 'sanitize-html' {
  interface Options {
    allowedTags: string[];
    allowedAttributes?: Record<string, string[]>;
    allowedSchemes?: string[];
    allowProtocolRelative?: boolean;
    transformTags?: Record<string, (name: string, attributes: Record<string, string>) => Transformed>;
    disallowedTagsMode?: 'discard';
  }
  interface Transformed {
    tagName: string;
    attribs: Record<string, string>;
  }
  export default function sanitizeHtml(html: string, options: Options): string;
}
