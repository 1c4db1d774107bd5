import { useState } from 'react';

interface Props {
  readonly url: string | null;
  readonly alt: string;
  /** Of the thing: its first letter stands in for a missing picture. */
  readonly name: string;
  readonly className?: string;
}

/** A picture by its address elsewhere; where there is none, or it does not load, its first letter in a quiet frame. */
export function Picture({ url, alt, name, className = '' }: Props) {
  const [failedUrl, setFailedUrl] = useState<string>();
  if (url === null || url === failedUrl) {
    return (
      <span className={`picture empty ${className}`} aria-hidden="true">
        {Array.from(name)[0]}
      </span>
    );
  }
  return (
    <img
      className={`picture ${className}`}
      src={url}
      alt={alt}
      loading="lazy"
      referrerPolicy="no-referrer"
      onError={() => setFailedUrl(url)}
    />
  );
}
