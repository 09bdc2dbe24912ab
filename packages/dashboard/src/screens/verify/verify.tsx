import { Tabs, Text } from '@mantine/core';
import { useFilter } from '../../parts/use-filter.ts';
import { HashTab } from './hash-tab.tsx';
import { InclusionTab } from './inclusion-tab.tsx';
import { LookUpTab } from './look-up-tab.tsx';
import { OfflineTab } from './offline-tab.tsx';
import { PublicFrame } from './public-frame.tsx';

/** Checks for everybody. What is proved is computed by this page; the server is asked for records, never for verdicts. */
export function Screen() {
  const [tab, setTab] = useFilter('tab');
  const [serverHash] = useFilter('serverHash');
  return (
    <PublicFrame title="Verify an outcome">
      <Text>
        Your browser does the arithmetic: from the revealed seed, your client seed and the parameters it derives the
        values again and holds them against the record and against the hash that was published before the draw.
      </Text>
      <Tabs value={tab ?? (serverHash === null ? 'look-up' : 'hash')} onChange={setTab} keepMounted={false}>
        <Tabs.List mb="sm" aria-label="Ways to verify">
          <Tabs.Tab value="look-up">By id or permalink</Tabs.Tab>
          <Tabs.Tab value="hash">By seed and hash</Tabs.Tab>
          <Tabs.Tab value="offline">Offline</Tabs.Tab>
          <Tabs.Tab value="inclusion">Proof of inclusion</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="look-up">
          <LookUpTab />
        </Tabs.Panel>
        <Tabs.Panel value="hash">
          <HashTab />
        </Tabs.Panel>
        <Tabs.Panel value="offline">
          <OfflineTab />
        </Tabs.Panel>
        <Tabs.Panel value="inclusion">
          <InclusionTab />
        </Tabs.Panel>
      </Tabs>
    </PublicFrame>
  );
}
