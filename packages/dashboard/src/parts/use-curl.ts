import { useConsole, useServices } from '../console/console.ts';
import { curlOf, type Example } from './example.ts';

/** Words a request to a service in the mode that is shown, for whoever has nothing there yet. */
export function useCurl(name: string): (example: Example) => string {
  const { mode } = useConsole();
  const { publicUrl, services } = useServices();
  const service = services.find((one) => one.name === name);
  return (example) => curlOf(publicUrl, service, mode, example);
}
