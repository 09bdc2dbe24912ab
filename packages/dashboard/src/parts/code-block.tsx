import { Box, Button, Code, CopyButton } from '@mantine/core';

interface CodeBlockProps {
  readonly code: string;
  readonly label: string;
}

/** Text to copy: a command, a payload, a secret. */
export function CodeBlock({ code, label }: CodeBlockProps) {
  return (
    <Box pos="relative">
      <Code
        block
        role="region"
        aria-label={label}
        tabIndex={0}
        mah={420}
        style={{ overflow: 'auto', whiteSpace: 'pre-wrap' }}
      >
        {code}
      </Code>
      <CopyButton value={code}>
        {({ copied, copy }) => (
          <Button size="compact-xs" variant="default" mt={4} onClick={copy} aria-label={`Copy ${label}`}>
            {copied ? 'Copied' : 'Copy'}
          </Button>
        )}
      </CopyButton>
    </Box>
  );
}
