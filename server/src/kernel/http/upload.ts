import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError, fileMissing, malformedForm, payloadTooLarge, unsupportedMediaType } from '../errors.ts';

/** A route that takes one file: as the part of a form, or as the body itself. */
export interface UploadSpec {
  /** Content types in which the body itself may be the file, such as `text/csv`. */
  readonly types: readonly string[];
  /** Bytes. */
  readonly limit: number;
}

export interface Upload {
  readonly bytes: Buffer;
  /** As the client calls it; never a path to write to. */
  readonly fileName: string | null;
}

/** Lets the routes of `scope`, and only them, take files. Nothing is read before the handler has let the caller in. */
export async function acceptUploads(scope: FastifyInstance, { limit }: UploadSpec): Promise<void> {
  scope.removeAllContentTypeParsers();
  // Of every type: who calls is asked before what they send.
  scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  await scope.register(multipart, { limits: { files: 1, fields: 10, fileSize: limit } });
}

/** The refusals of Fastify and of its plugins carry a status; what the parser of forms throws says what is wrong with the form. */
function toRefusal(error: unknown): unknown {
  const isRefusal = typeof (error as { statusCode?: unknown }).statusCode === 'number';
  return isRefusal ? error : new AppError(malformedForm, { cause: error });
}

async function readPart(request: FastifyRequest): Promise<Upload | undefined> {
  try {
    const part = await request.file();
    return part && { bytes: await part.toBuffer(), fileName: part.filename };
  } catch (error) {
    throw toRefusal(error);
  }
}

/**
 * Reads the file of a request; throws `file_missing` and `malformed_form` (400), `payload_too_large` (413) or
 * `unsupported_media_type` (415).
 */
export async function readUpload(request: FastifyRequest, { types, limit }: UploadSpec): Promise<Upload> {
  if (request.isMultipart()) {
    const part = await readPart(request);
    if (part === undefined) {
      throw new AppError(fileMissing);
    }
    return part;
  }
  if (request.body === undefined || request.body === null) {
    throw new AppError(fileMissing);
  }
  const body = request.body as NodeJS.ReadableStream;
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type === undefined || !types.includes(type)) {
    body.resume();
    throw new AppError(unsupportedMediaType, { details: { types: ['multipart/form-data', ...types] } });
  }
  return { bytes: await readBody(body, limit), fileName: null };
}

/** What comes beyond the limit is read and dropped, so that the client gets its answer instead of a broken connection. */
export function readBody(body: NodeJS.ReadableStream, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    body.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) {
        chunks.push(chunk);
      } else {
        chunks.length = 0;
        reject(new AppError(payloadTooLarge, { details: { limit } }));
      }
    });
    body.on('end', () => resolve(Buffer.concat(chunks)));
    body.on('error', reject);
  });
}
