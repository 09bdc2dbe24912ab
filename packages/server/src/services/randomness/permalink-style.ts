/** The style sheet of the permalink pages. Its hash stands in their Content-Security-Policy. */
export const style = `
:root { color-scheme: light dark; --ink: #14181d; --soft: #515c69; --paper: #fff; --line: #d5dae0; --well: #f2f4f6;
  --good: #0b6b3a; --bad: #b3141d; --test: #ffd21f; --on-test: #1c1500; --link: #0b57b8; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ecf0; --soft: #a4b0bd; --paper: #10151a; --line: #303a44;
  --well: #1a2128; --good: #58d493; --bad: #ff8d8d; --link: #8abfff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
body.test { border: .5rem solid var(--test); min-height: 100vh; }
main { max-width: 46rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.4rem; line-height: 1.25; margin: .5rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--line); padding-bottom: .25rem; }
p { margin: .5rem 0; }
a { color: var(--link); }
code, pre, bdi { font-family: ui-monospace, monospace; font-size: .95em; white-space: pre-wrap;
  overflow-wrap: anywhere; }
pre { background: var(--well); padding: .75rem; border-radius: .375rem; margin: .5rem 0; }
.banner { background: var(--test); color: var(--on-test); padding: .75rem 1rem; margin: 0; text-align: center; }
.banner strong { display: block; font-size: 1.6rem; letter-spacing: .3em; }
.verdict { border: 2px solid; border-radius: .5rem; padding: .75rem 1rem; margin: 1rem 0; }
.verdict strong { font-size: 1.3rem; }
.verdict p { color: var(--ink); margin: .25rem 0 0; }
.good { color: var(--good); }
.bad { color: var(--bad); }
.values { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: .375rem; }
.values li { background: var(--well); border: 1px solid var(--line); border-radius: .375rem; padding: .125rem .5rem;
  max-width: 100%; }
.values bdi { font-size: 1.15rem; }
.cut, .soft { color: var(--soft); }
dl { display: grid; grid-template-columns: 9rem minmax(0, 1fr); gap: .5rem 1rem; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; }
mark { font-size: .8em; border-radius: .25rem; padding: 0 .25rem; }
button { font: inherit; font-size: .85rem; color: inherit; background: var(--well); border: 1px solid var(--line);
  border-radius: .375rem; padding: .125rem .625rem; margin-left: .5rem; cursor: pointer; }
footer { margin: 3rem 0 1rem; color: var(--soft); font-size: .9rem; }
@media (max-width: 30rem) { dl { grid-template-columns: minmax(0, 1fr); gap: 0; } dd { margin-bottom: .625rem; } }
`;

/** Gives what can be copied a button; a page without it lacks nothing else. */
export const script = `
if (navigator.clipboard) for (const source of document.querySelectorAll('[data-copy]')) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Copy';
  button.setAttribute('aria-label', 'Copy ' + source.dataset.label);
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(source.dataset.copy);
      button.textContent = 'Copied';
    } catch {
      button.textContent = 'Could not copy';
    }
    setTimeout(() => { button.textContent = 'Copy'; }, 2000);
  });
  source.after(button);
}
`;
