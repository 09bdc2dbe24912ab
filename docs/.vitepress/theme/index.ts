/** Without the web fonts: the system's are there already, and weigh nothing. */
export { default } from 'vitepress/theme-without-fonts';
