import { useState } from 'react';

interface Props {
  readonly url: string | null;
  readonly alt: string;
  readonly className?: string;
}

/** A picture by its address elsewhere; where there is none, or it does not load, a quiet empty frame. */
export function Picture({ url, alt, className = '' }: Props) {
  const [failedUrl, setFailedUrl] = useState<string>();
  if (url === null || url === failedUrl) {
    return <span className={`picture empty ${className}`} role="img" aria-label={alt} />;
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
