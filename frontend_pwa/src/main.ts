/** SHELL: the start of the app. */
import { mount } from 'svelte';
import { ports, rememberedRecords } from './composition';
import { onOfficerChanged, preferences } from './data/phone';
import { keepFieldsOutOfTabs } from './form_memory';
import { installServiceWorker } from './update';
import App from './ui/App.svelte';
import { setLanguage } from './ui/language.svelte';
import { applyTheme } from './ui/theme.svelte';
import './ui/theme.css';

const chosen = preferences();
applyTheme(chosen.theme);
onOfficerChanged(() => {
  location.reload();
});

keepFieldsOutOfTabs();
const target = document.getElementById('app');
await setLanguage(chosen.language ?? 'zh');
if (target) mount(App, { target, props: { ports, lostDatabase: rememberedRecords() } });
void installServiceWorker();
setTimeout(() => void import('./left_senders').then(({ startLeftSenders }) => startLeftSenders()), 2_000);
