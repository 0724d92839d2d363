import { defineConfig } from '@playwright/test';
import config from './playwright.config.ts';

/** What is measured in the browser, one thing at a time. */
export default defineConfig(config, { testMatch: '**/*.bench.ts', workers: 1 });
