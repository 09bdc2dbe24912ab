import { Tabs } from '@mantine/core';
import type { ComponentType } from 'react';
import type { Mode } from '../console/types.ts';
import { useScope } from '../shell/scope.ts';
import { ScreenTitle } from './screen-title.tsx';
import { useFilter } from './use-filter.ts';

interface Tab {
  readonly name: string;
  readonly label: string;
  readonly Body: ComponentType;
  /** Shown in this mode alone. */
  readonly mode?: Mode;
}

/** A screen of several parts; the address bar names the one that is shown, the first by default. */
export function TabbedScreen({ title, tabs }: { readonly title: string; readonly tabs: readonly Tab[] }) {
  const { mode } = useScope();
  const [chosen, choose] = useFilter('tab');
  const shown = tabs.filter((tab) => tab.mode === undefined || tab.mode === mode);
  const current = (shown.find(({ name }) => name === chosen) ?? shown[0])?.name ?? null;
  return (
    <>
      <ScreenTitle>{title}</ScreenTitle>
      <Tabs value={current} onChange={choose} keepMounted={false}>
        <Tabs.List mb="sm" aria-label={title}>
          {shown.map(({ name, label }) => (
            <Tabs.Tab key={name} value={name}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {shown.map(({ name, Body }) => (
          <Tabs.Panel key={name} value={name}>
            <Body />
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  );
}
