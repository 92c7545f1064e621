import { expect, type Locator, type Page } from '@playwright/test';

/** The editor takes a key for one of the list once the list has been open for 75 ms. */
const AFTER_LIST_OPENED_MS = 300;

/** The chart's indicators, its expression editor and its layouts, as a person uses them. */
export class IndicatorsPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get dialog(): Locator {
    return this.page.getByRole('dialog');
  }
  get editor(): Locator {
    return this.page.getByRole('textbox', { name: 'Expression' });
  }
  /** What the list offers. */
  get options(): Locator {
    return this.page.getByRole('listbox', { name: 'Indicators of the language' }).getByRole('option');
  }
  /** The rows of the legend, one an indicator. */
  get rows(): Locator {
    return this.page.getByTestId('indicator');
  }
  get layout(): Locator {
    return this.page.getByRole('button', { name: /^Layout/ });
  }
  row(text: string): Locator {
    return this.rows.filter({ hasText: text });
  }

  /** How far down the page a row is, once it moves no more; NaN while it is not shown or moves. */
  async restingTop(text: string): Promise<number> {
    const top = async () => (await this.row(text).boundingBox())?.y ?? Number.NaN;
    const before = await top();
    await this.page.waitForTimeout(100);
    const after = await top();
    return before === after ? after : Number.NaN;
  }

  async open(): Promise<void> {
    await this.page.getByRole('button', { name: 'Indicators', exact: true }).click();
    await expect(this.dialog).toBeVisible();
  }

  /** Takes the best match of the list with its defaults. */
  async addFromList(query: string): Promise<void> {
    await this.open();
    await this.page.getByRole('combobox', { name: 'Search indicators' }).fill(query);
    await this.page.keyboard.press('Enter');
    await this.page.getByRole('button', { name: 'Add to chart' }).click();
    await expect(this.dialog).toBeHidden();
  }

  /** Moves the pointer off the chart: the legend then reads the newest bar. */
  async leaveChart(): Promise<void> {
    await this.page.mouse.move(2, 2);
  }

  /** Opens the tab “Expression” and types; suggestions that pop up meanwhile are let be. */
  async write(text: string): Promise<void> {
    await this.open();
    await this.page.getByRole('tab', { name: 'Expression' }).click();
    await this.editor.click();
    await this.page.keyboard.insertText(text);
  }

  /** Enter takes what is suggested. One that comes as the list opens was meant for the text: it then makes a line. */
  async takeSuggestion(becomes: string): Promise<void> {
    await this.page.waitForTimeout(AFTER_LIST_OPENED_MS);
    await this.page.keyboard.press('Enter');
    await expect(this.editor).toHaveText(becomes);
  }

  async addExpression(text: string): Promise<void> {
    await this.write(text);
    await this.page.getByRole('button', { name: 'Add to chart' }).click();
    await expect(this.dialog).toBeHidden();
  }

  async chooseLayout(item: string | RegExp): Promise<void> {
    await this.layout.click();
    await this.page.getByRole('menuitem', { name: item }).click();
  }

  async saveLayoutAs(name: string): Promise<void> {
    await this.chooseLayout(/^Save( as)?…/);
    await this.page.getByLabel('Name', { exact: true }).fill(name);
    await this.page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(this.layout).toHaveAccessibleName(`Layout: ${name}, as saved`);
  }
}
