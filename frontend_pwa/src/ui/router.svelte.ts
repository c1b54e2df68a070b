/** SHELL: the address bar as state: the part after # names the screen. */
import { formatRoute, parseRoute, type Route } from '../domain/routes';

class Router {
  route = $state.raw<Route>(parseRoute(location.hash));

  /** The address one was at before help was opened: where its way back leads. */
  beforeHelp = '#/today';

  constructor() {
    addEventListener('hashchange', () => {
      if (this.route.screen !== 'help') this.beforeHelp = formatRoute(this.route);
      this.route = parseRoute(location.hash);
    });
  }

  go(route: Route): void {
    location.hash = formatRoute(route);
  }

  /** To an address that is written already. */
  goTo(address: string): void {
    location.hash = address;
  }

  /** Changes the address without a new entry in the history: pickers, sorting. */
  replace(route: Route): void {
    history.replaceState(history.state, '', formatRoute(route));
    this.route = route;
  }
}

export const router = new Router();
