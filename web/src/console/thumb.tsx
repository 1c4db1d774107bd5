import { useState } from 'react';

/** A small picture, or the first letter of what it shows. */
export function Thumb({ url, name }: { readonly url: string | null; readonly name: string }) {
  const [failedUrl, setFailedUrl] = useState<string>();
  if (url === null || url === failedUrl) {
    return (
      <span className="thumb" aria-hidden="true">
        {Array.from(name)[0]}
      </span>
    );
  }
  return (
    <img
      className="thumb"
      src={url}
      alt=""
      loading="lazy"
      referrerPolicy="no-referrer"
      onError={() => setFailedUrl(url)}
    />
  );
}
