/** The colours of an image. */
export interface Theme {
  readonly background: string
  readonly title: string
  readonly text: string
  readonly faint: string
  readonly grid: string
  readonly axis: string
  readonly band: string
  /** Of series in their order: told apart with any kind of colour vision (after Okabe and Ito), none too pale. */
  readonly series: readonly string[]
}

export const THEMES: Readonly<Record<'light' | 'dark', Theme>> = {
  light: {
    background: '#ffffff',
    title: '#16191f',
    text: '#414d5c',
    faint: '#7d8998',
    grid: '#edeff2',
    axis: '#b6bec9',
    band: '#8d99a8',
    series: ['#0072b2', '#e08a00', '#009e73', '#c4569a', '#d55e00', '#3fa9e0', '#6b4fa0', '#5f6b7a'],
  },
  dark: {
    background: '#161d26',
    title: '#ebebf0',
    text: '#c6c6cd',
    faint: '#8c8c94',
    grid: '#252f3b',
    axis: '#424650',
    band: '#8d99a8',
    series: ['#4da3e8', '#f0a830', '#2ec29a', '#e58bc0', '#ff7f45', '#8fd0ff', '#b39ddb', '#a9b4c2'],
  },
}

export const FONT = 'DejaVu Sans'
