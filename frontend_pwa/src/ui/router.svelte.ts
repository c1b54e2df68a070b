/** SHELL: the address bar as state: the part after # names the screen. */
import { formatRoute, parseRoute, type Route } from '../domain/routes';

class Router {
  route = $state.raw<Route>(parseRoute(location.hash));

  constructor() {
    addEventListener('hashchange', () => {
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
